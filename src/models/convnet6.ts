// Six 3x3 convolutions in three stages, each ended by a 2x2 max pooling: VGG (Simonyan and Zisserman 2014,
// arXiv 1409.1556) at the size of CIFAR images, without normalisation. Convoy's own.

import {
  conv2d,
  flatten,
  heNormal,
  type Layer,
  linear,
  maxPool,
  relu,
  sequential,
} from "../nn/index.js";
import type { ModelFamily } from "./model.js";

const stage = (channels: number): Layer => {
  const convolution = () => conv2d(channels, 3, { padding: 1, init: heNormal() });
  return sequential(convolution(), relu(), convolution(), relu(), maxPool(2));
};

/** 307,498 parameters for colour images of 32x32 and 10 classes. */
export const convnet6: ModelFamily = {
  name: "convnet6",
  source: "Convoy's own, after VGG: Simonyan and Zisserman 2014, arXiv 1409.1556",
  smallest: 8,
  published: { channels: 3, height: 32, width: 32, outputs: 10 },
  create: ({ outputs }) => ({
    body: {
      layer: sequential({ stage1: stage(32), stage2: stage(64), stage3: stage(128) }),
      stages: ["stage1", "stage2", "stage3"],
    },
    head: sequential({ flatten: flatten(), fc: linear(outputs) }),
  }),
};
