// The net that trains fastest to a given accuracy on CIFAR-10 (Jordan 2024, arXiv 2404.00498): three stages of two 3x3
// convolutions each, pooled between them, with as few pixels as possible where channels are many. The paper sets its first
// convolution by the images' patches and leaves it there; here it is learned like the others.

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

/** 1,972,802 parameters for colour images of 32x32 and 10 classes. */
export const airbench: ModelFamily = {
  name: "airbench",
  source: "Jordan 2024, arXiv 2404.00498; its first layer is learned",
  smallest: 9,
  published: { channels: 3, height: 32, width: 32, outputs: 10 },
  create({ outputs, height, width }) {
    const side = (pixels: number) => Math.floor((pixels - 1) / 8);
    return {
      body: {
        layer: sequential({
          conv: conv2d(24, 2),
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
      defaults: { optimizer: "nesterov", lr: 0.1, decay: 5e-4 },
    };
  },
};
