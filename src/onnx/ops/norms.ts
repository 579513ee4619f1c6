// Normalisation.

import {
  add,
  batchNorm,
  constant,
  div,
  groupNorm,
  mul,
  reduceSum,
  reshape,
  sqrt,
  sub,
  type Value,
} from "../../graph/index.js";
import { followed as follow, normaliseChannels } from "../../nn/layers/batchNorm.js";
import { sizeOf } from "../../tensor/shape.js";
import { scaled } from "../compose.js";
import type { Builder, Step } from "../step.js";

/** Values as [n, c, 1, pixels], which our primitives take. */
const flat = (x: Value): Value => reshape(x, [x.shape[0], x.shape[1], 1, sizeOf(x.shape.slice(2))]);

/** By statistics of the batch in training, which are followed; by those of the file as the net is used. */
function ofNet(step: Step): Value {
  const { scope } = step.site;
  const [scale, shift] = [step.x(1), step.x(2)];
  const weight = 1 - step.float("momentum", 0.9);
  const statistic = (at: number) => {
    const value = step.x(at);
    const name = step.operand(at).param;
    return {
      value,
      follow(now: Value) {
        if (!scope || name === undefined) return;
        scope.update(name, follow(value, now, scope.momentum(step.graph, weight)));
      },
    };
  };
  const params = { scale, shift, mean: statistic(3), variance: statistic(4) };
  const [own, followed] = [step.operand(1).param, step.operand(3).param];
  const learns = own === undefined ? scope?.training : scope?.learns(own);
  const training = learns === true && followed !== undefined;
  const x = step.x();
  const images = x.shape.length === 2 || x.shape.length === 4 ? x : flat(x);
  const mode = { training, ghost: scope?.ghost };
  return reshape(normaliseChannels(images, params, mode, step.float("epsilon", 1e-5)), x.shape);
}

const batchNormalization: Builder = (step) => {
  if (step.int("training_mode", 0) === 0) return [ofNet(step)];
  const [x, momentum] = [step.x(), step.float("momentum", 0.9)];
  const [y, ...now] = batchNorm(flat(x), step.x(1), step.x(2), {
    eps: step.float("epsilon", 1e-5),
  });
  const running = now.map((value, at) =>
    add(scaled(step.x(3 + at), momentum), scaled(value, 1 - momentum)),
  );
  return [reshape(y, x.shape), ...running];
};

const instanceNormalization: Builder = (step) => {
  const x = step.x();
  const eps = step.float("epsilon", 1e-5);
  const [y] = groupNorm(flat(x), x.shape[1], step.x(1), step.x(2), { eps });
  return reshape(y, x.shape);
};

/** Scales and shifts of each channel; before opset 21 those of each group. */
const groupNormalization: Builder = (step) => {
  const [x, groups] = [step.x(), step.int("num_groups", 1)];
  const each = (at: number): Value => {
    const value = step.x(at);
    if (value.shape[0] === x.shape[1]) return value;
    const repeated = add(
      reshape(value, [groups, 1]),
      step.filled([groups, x.shape[1] / groups], 0),
    );
    return reshape(repeated, [x.shape[1]]);
  };
  const [y] = groupNorm(flat(x), groups, each(1), each(2), { eps: step.float("epsilon", 1e-5) });
  return reshape(y, x.shape);
};

const layerNormalization: Builder = (step) => {
  const x = step.x();
  const axes = [...x.shape.keys()].slice(step.axis(step.int("axis", -1)));
  const count = sizeOf(axes.map((axis) => x.shape[axis]));
  const meanOf = (value: Value) => scaled(reduceSum(value, axes, true), 1 / count);
  const mean = meanOf(x);
  const centred = sub(x, mean);
  const variance = meanOf(mul(centred, centred));
  const one = constant(x.graph, 1);
  const slope = div(one, sqrt(add(variance, step.constant(step.float("epsilon", 1e-5)))));
  const normal = mul(mul(centred, slope), step.x(1));
  return [step.maybe(2) ? add(normal, step.x(2)) : normal, mean, slope];
};

const lpNormalization: Builder = (step) => {
  const [x, axis] = [step.x(), step.axis(step.int("axis", -1))];
  if (step.int("p", 2) !== 2) step.fail("expected p 2");
  return div(x, sqrt(reduceSum(mul(x, x), [axis], true)));
};

export const norms = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  LpNormalization: lpNormalization,
} satisfies Record<string, Builder>;
