// Wide residual nets for CIFAR (Zagoruyko and Komodakis 2016, arXiv 1605.07146, table 1): pre-activation
// blocks (He et al. 2016, arXiv 1603.05027) in three stages of 16k, 32k and 64k channels, 6n + 4 layers.
// Depth and width k stand in the name.

import {
  batchNorm,
  conv2d,
  globalAvgPool,
  heNormal,
  type Layer,
  lecunNormal,
  linear,
  relu,
  residual,
  sequential,
} from "../nn/index.js";
import type { ModelFamily } from "./model.js";

const convolution = (channels: number, kernel: number, strides = 1): Layer =>
  conv2d(channels, kernel, {
    strides,
    padding: (kernel - 1) / 2,
    bias: false,
    init: heNormal("out"),
  });

const activated = () => ({ bn1: batchNorm(), relu1: relu() });

/** What follows the first activation of a block. */
const body = (channels: number, strides: number) => ({
  conv1: convolution(channels, 3, strides),
  bn2: batchNorm(),
  relu2: relu(),
  conv2: convolution(channels, 3),
});

/** Where shapes change, body and shortcut (a 1x1 convolution) share the first activation. */
const changing = (channels: number, strides: number): Layer =>
  sequential({
    ...activated(),
    split: residual(sequential(body(channels, strides)), {
      shortcut: convolution(channels, 1, strides),
    }),
  });

const keeping = (channels: number): Layer =>
  residual(sequential({ ...activated(), ...body(channels, 1) }));

const stage = (channels: number, blocks: number, strides: number): Layer =>
  sequential(
    changing(channels, strides),
    ...Array.from({ length: blocks - 1 }, () => keeping(channels)),
  );

const wideResnet = (layers: number, width: number): ModelFamily => ({
  name: `wrn-${layers}-${width}`,
  source: "Zagoruyko and Komodakis 2016, arXiv 1605.07146",
  smallest: 8,
  published: { channels: 3, height: 32, width: 32, outputs: 10 },
  create({ outputs }) {
    const blocks = (layers - 4) / 6;
    return {
      body: {
        layer: sequential({
          conv: convolution(16, 3),
          stage1: stage(16 * width, blocks, 1),
          stage2: stage(32 * width, blocks, 2),
          stage3: stage(64 * width, blocks, 2),
          bn: batchNorm(),
          relu: relu(),
        }),
        stages: ["stage1", "stage2", "relu"],
      },
      head: sequential({ pool: globalAvgPool(), fc: linear(outputs, { init: lecunNormal() }) }),
      // The paper's 0.1 for 128 images a step, scaled to 64.
      defaults: { optimizer: "nesterov", lr: 0.05, decay: 5e-4 },
    };
  },
});

/** 2,748,890 parameters for 10 classes. */
export const wrn16x4 = wideResnet(16, 4);
