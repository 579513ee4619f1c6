// The residual nets for CIFAR of He, Zhang, Ren and Sun 2015 (arXiv 1512.03385, section 4.2): 6n + 2
// layers in three stages of 16, 32 and 64 channels. Shortcuts are option A: where the stage changes,
// every other pixel and channels of zeros, without parameters.

import { pad } from "../graph/index.js";
import {
  avgPool,
  batchNorm,
  conv2d,
  globalAvgPool,
  type Layer,
  lecunNormal,
  linear,
  relu,
  sequential,
} from "../nn/index.js";
import { basicBlock } from "./blocks/basic-block.js";
import type { ModelFamily } from "./model.js";

/** Appends channels of zeros up to `channels`. */
const widen =
  (channels: number): Layer =>
  (x) =>
    pad(x, [0, 0, 0, 0], [0, channels - x.shape[1], 0, 0]);

function stage(channels: number, blocks: number, strides: number): Layer {
  const shortcut = sequential(avgPool(1, { strides }), widen(channels));
  const first = strides === 1 ? basicBlock(channels) : basicBlock(channels, { strides, shortcut });
  return sequential(first, ...Array.from({ length: blocks - 1 }, () => basicBlock(channels)));
}

/** Published sizes: 0.27 M (20 layers), 0.46 M (32) and 0.85 M (56) parameters. */
const resnet = (layers: number): ModelFamily => ({
  name: `resnet${layers}`,
  source: "He et al. 2015, arXiv 1512.03385, section 4.2",
  smallest: 8,
  published: { channels: 3, height: 32, width: 32, outputs: 10 },
  create({ outputs }) {
    const blocks = (layers - 2) / 6;
    return {
      body: {
        layer: sequential({
          conv: conv2d(16, 3, { padding: 1, bias: false }),
          bn: batchNorm(),
          relu: relu(),
          stage1: stage(16, blocks, 1),
          stage2: stage(32, blocks, 2),
          stage3: stage(64, blocks, 2),
        }),
        stages: ["stage1", "stage2", "stage3"],
      },
      head: sequential({ pool: globalAvgPool(), fc: linear(outputs, { init: lecunNormal() }) }),
      defaults: { optimizer: "momentum", lr: 0.1, decay: 1e-4 },
    };
  },
});

/** Too small to be published there; what others let learn from larger ones. */
export const resnet8 = resnet(8);
export const resnet20 = resnet(20);
export const resnet32 = resnet(32);
export const resnet56 = resnet(56);
