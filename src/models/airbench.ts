// The net that trains fastest to a given accuracy on CIFAR-10 (Jordan 2024, arXiv 2404.00498): three stages of two 3x3
// convolutions each, pooled between them, with as few pixels as possible where channels are many. The first convolution
// begins as one that whitens 2x2 patches of the training images. The paper leaves it there; here it is learned on.

import {
  batchNorm,
  conv2d,
  flatten,
  gelu,
  type Layer,
  lecunNormal,
  linear,
  maxPool,
  sequential,
} from "../nn/index.js";
import type { ModelFamily } from "./model.js";
import { whitening } from "./whitening.js";

const stage = (channels: number): Layer => {
  const convolution = () => conv2d(channels, 3, { padding: 1, bias: false });
  return sequential({
    conv1: convolution(),
    pool: maxPool(2),
    bn1: batchNorm(),
    gelu1: gelu(),
    conv2: convolution(),
    bn2: batchNorm(),
    gelu2: gelu(),
  });
};

/** Height and width of the patches that the first convolution sees. */
const PATCH = 2;

/** 1,972,802 parameters for colour images of 32x32 and 10 classes. */
export const airbench: ModelFamily = {
  name: "airbench",
  source: "Jordan 2024, arXiv 2404.00498; its first layer begins white and is learned",
  smallest: 9,
  published: { channels: 3, height: 32, width: 32, outputs: 10 },
  create({ channels, outputs, height, width }) {
    const side = (pixels: number) => Math.floor((pixels - 1) / 8);
    return {
      body: {
        layer: sequential({
          conv: conv2d(2 * channels * PATCH ** 2, PATCH),
          gelu: gelu(),
          stage1: stage(64),
          stage2: stage(256),
          stage3: stage(256),
        }),
        stages: ["stage1", "stage2", "stage3"],
      },
      head: sequential({
        pool: maxPool([side(height), side(width)]),
        flatten: flatten(),
        fc: linear(outputs, { init: lecunNormal() }),
      }),
      imageWeights: (images) =>
        new Map([["conv.weight", whitening(images, [channels, height, width], PATCH)]]),
      defaults: { optimizer: "nesterov", lr: 0.1, decay: 5e-4 },
    };
  },
};
