// LeNet-5 as published: LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to
// document recognition" (Proc. IEEE 86, section II.B). 60,000 trainable parameters: a partial
// connection table, trainable sub-sampling, scaled tanh, and distances to drawn digits as output.
// Images are expected with the background at -0.1 and ink at 1.175, which `defaults` see to.

import {
  add,
  avgPool2d,
  concat,
  constant,
  conv2d as convolve,
  type Graph,
  mul,
  pad,
  slice,
  sub,
  tanh,
  type Value,
} from "../graph/index.js";
import { InputError } from "../inputError.js";
import {
  conv2d,
  fill,
  flatten,
  type Layer,
  linear,
  sequential,
  uniformFanIn,
} from "../nn/index.js";
import { affine } from "../nn/layers/perChannel.js";
import { digitCodes } from "./blocks/digit-codes.js";
import { rbf, rubbishCrossEntropy } from "./blocks/rbf.js";
import type { ModelFamily } from "./model.js";

const FIELD = 32;
const BACKGROUND = -0.1;
const INK = 1.175;
/** Penalty of "rubbish", of which the paper only says that it is positive. */
const RUBBISH_LEVEL = 10;

/** Weights are drawn from +-2.4 / fan-in. */
const init = uniformFanIn(2.4);

/** 1.7159 tanh(2u/3): maps +-1 to themselves, where its curvature is largest. */
const squash: Layer = (x) => mul(constant(x.graph, 1.7159), tanh(mul(constant(x.graph, 2 / 3), x)));

/** A frame of background around smaller images. */
const frame: Layer = (x) => {
  const width = (FIELD - x.shape[2]) / 2;
  if (width === 0) return x;
  const background = constant(x.graph, BACKGROUND);
  const sides = [0, 0, width, width];
  return add(pad(sub(x, background), sides, sides), background);
};

/** The sum of each 2x2 window times a coefficient, plus a bias: two trainable numbers a map. */
const subsample: Layer = (x, scope) => {
  const maps = [x.shape[1]];
  const coefficient = scope.param(x.graph, "coefficient", maps, uniformFanIn(2.4 / 4), "scale");
  const bias = scope.param(x.graph, "bias", maps, fill(0), "bias");
  const scale = mul(coefficient, constant(x.graph, 4));
  return affine(avgPool2d(x, { kernel: 2 }), { scale, shift: bias });
};

/** Table I: the maps of S2 that each map of C3 sees. */
const connections = [
  "012 123 234 345 045 015",
  "0123 1234 2345 0345 0145 0125 0134 1245 0235",
  "012345",
].flatMap((row) => row.split(" ").map((maps) => [...maps].map(Number)));

/** Puts weights [1, maps.length, kh, kw] of some maps among zeros for the others. */
function spread(weights: Value, maps: readonly number[], channels: number): Value {
  const [, , kh, kw] = weights.shape;
  const starts = maps.flatMap((map, at) => (map - 1 === maps[at - 1] ? [] : [at]));
  const runs = starts.map((from, at) => {
    const length = (starts[at + 1] ?? maps.length) - from;
    const run = slice(weights, [0, from, 0, 0], [1, length, kh, kw]);
    const before = maps[from];
    return pad(run, [0, before, 0, 0], [0, channels - before - length, 0, 0]);
  });
  return runs.reduce(add);
}

/** C3: a 5x5 convolution whose maps see only some of the maps below. */
const partialConv: Layer = (x, scope) => {
  const graph: Graph = x.graph;
  const kernels = connections.map((maps, at) => {
    const weights = scope.param(graph, `map${at}.weight`, [1, maps.length, 5, 5], init);
    return spread(weights, maps, x.shape[1]);
  });
  const bias = scope.param(graph, "bias", [kernels.length], fill(0), "bias");
  return convolve(x, concat(kernels, 0), { bias });
};

const body = sequential({
  frame,
  c1: conv2d(6, 5, { init }),
  squash1: squash,
  s2: subsample,
  squash2: squash,
  c3: partialConv,
  squash3: squash,
  s4: subsample,
  squash4: squash,
  c5: conv2d(120, 5, { init }),
  squash5: squash,
  flatten: flatten(),
  f6: linear(84, { init }),
  squash6: squash,
});

export const lenet5Of1998: ModelFamily = {
  name: "lenet5-1998",
  source: "LeCun, Bottou, Bengio and Haffner 1998, doi 10.1109/5.726791",
  smallest: 28,
  published: { channels: 1, height: FIELD, width: FIELD, outputs: 10 },
  create({ channels, height, width, outputs }) {
    const fits = height === width && (height === 28 || height === FIELD);
    if (channels !== 1 || outputs !== digitCodes.length || !fits) {
      throw new InputError(
        `model lenet5-1998: it reads the ten digits in grey images of 28x28 or 32x32, found ` +
          `${outputs} outputs, ${channels} channels, ${height}x${width}; take lenet5 for others`,
      );
    }
    return {
      body: { layer: body, stages: ["squash2", "squash4"] },
      head: sequential({ output: rbf(digitCodes) }),
      positive: true,
      loss: rubbishCrossEntropy(RUBBISH_LEVEL),
      defaults: {
        optimizer: "momentum",
        lr: 1e-3,
        mean: [(-BACKGROUND / (INK - BACKGROUND)) * 255],
        std: [255 / (INK - BACKGROUND)],
      },
    };
  },
};
