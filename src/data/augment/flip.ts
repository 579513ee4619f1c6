// Mirrors left and right.

import type { AugmentationKind } from "./augmentation.js";

export const flip: AugmentationKind = {
  name: "flip",
  meaning: "probability",
  usual: 0.5,
  largest: 1,
  apply(sample, random, size, strength) {
    if (random.uniform() < strength) sample.warp([-1, 0, 0, 0, 1, 0], size);
  },
};
