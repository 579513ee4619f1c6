// ShuffleNetV2 (Ma, Zhang, Zheng and Sun 2018, arXiv 1807.11164, table 5): half of the channels pass a block as they
// are, and channels are shuffled behind it. The width stands in the name.

import { concat, reshape, slice, transpose, type Value } from "../graph/index.js";
import {
  batchNorm,
  conv2d,
  globalAvgPool,
  heNormal,
  type Layer,
  linear,
  maxPool,
  normalWith,
  relu,
  sequential,
} from "../nn/index.js";
import type { ModelFamily } from "./model.js";

/** Blocks of each stage. */
export const shuffleBlocks = [4, 8, 4] as const;

const init = heNormal("out");

/** Convolution without bias and batch normalisation, as `conv` and `bn`. */
const normalised = (channels: number, kernel: number, strides = 1, groups = 1) => ({
  conv: conv2d(channels, kernel, {
    ...{ strides, groups, init },
    padding: (kernel - 1) / 2,
    bias: false,
  }),
  bn: batchNorm(),
});

const activated = (channels: number, kernel: number, strides = 1): Layer =>
  sequential({ ...normalised(channels, kernel, strides), relu: relu() });

/** As many channels as come in. */
const depthwise =
  (strides: number): Layer =>
  (x, scope) =>
    sequential(normalised(x.shape[1], 3, strides, x.shape[1]))(x, scope);

/** Figure 3: channels of two groups by turns. */
function shuffle(x: Value): Value {
  const [images, channels, height, width] = x.shape;
  const groups = reshape(x, [images, 2, channels / 2, height * width]);
  return reshape(transpose(groups, [0, 2, 1, 3]), [images, channels, height, width]);
}

const main = (channels: number, strides: number): Layer =>
  sequential({
    reduce: activated(channels, 1),
    depthwise: depthwise(strides),
    expand: activated(channels, 1),
  });

/** Both branches see all channels, and each gives half of twice as many. */
const halving =
  (channels: number): Layer =>
  (x, scope) => {
    const around = sequential({ depthwise: depthwise(2), expand: activated(channels / 2, 1) });
    const branches = [
      scope.apply("shortcut", around, x),
      scope.apply("main", main(channels / 2, 2), x),
    ];
    return shuffle(concat(branches, 1));
  };

/** The first half of the channels passes. */
const keeping: Layer = (x, scope) => {
  const [images, channels, ...sizes] = x.shape;
  const half = channels / 2;
  const part = (from: number) => slice(x, [0, from, 0, 0], [images, half, ...sizes]);
  return shuffle(concat([part(0), scope.apply("main", main(half, 1), part(half))], 1));
};

const stage = (channels: number, blocks: number): Layer =>
  sequential(halving(channels), ...Array.from({ length: blocks - 1 }, () => keeping));

const shufflenet = (width: string, channels: readonly [number, number, number]): ModelFamily => ({
  name: `shufflenetv2-${width}`,
  source: "Ma et al. 2018, arXiv 1807.11164, table 5",
  smallest: 32,
  published: { channels: 3, height: 224, width: 224, outputs: 1000 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({
        stem: activated(24, 3, 2),
        maxPool: maxPool(3, { strides: 2, padding: 1 }),
        stage2: stage(channels[0], shuffleBlocks[0]),
        stage3: stage(channels[1], shuffleBlocks[1]),
        stage4: stage(channels[2], shuffleBlocks[2]),
        head: activated(1024, 1),
      }),
      stages: ["maxPool", "stage2", "stage3", "head"],
    },
    head: sequential({ pool: globalAvgPool(), fc: linear(outputs, { init: normalWith(0.01) }) }),
    // The paper's 0.5 for 1,024 images a step, scaled to 64.
    defaults: { optimizer: "momentum", lr: 0.03, decay: 4e-5 },
  }),
});

/** Width 0.5: 1,366,792 parameters for 1,000 classes. */
export const shufflenets: readonly ModelFamily[] = [shufflenet("0.5", [48, 96, 192])];
