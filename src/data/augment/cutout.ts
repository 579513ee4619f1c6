// Cutout (DeVries, Taylor 2017, arXiv 1708.04552): hides a square whose centre is any pixel, so that
// part of it may fall outside. Other augmentations do not move the square.

import type { AugmentationKind } from "./augmentation.js";

export const cutout: AugmentationKind = {
  name: "cutout",
  source: "DeVries, Taylor 2017, arXiv 1708.04552",
  meaning: "side of the square as a share of the image's shorter side",
  usual: 0.5,
  largest: 1,
  sets: "box",
  apply(sample, random, { height, width }, strength) {
    const side = Math.round(strength * Math.min(height, width));
    const left = random.integer(width) - Math.floor(side / 2);
    const top = random.integer(height) - Math.floor(side / 2);
    sample.box = [
      Math.max(left, 0),
      Math.max(top, 0),
      Math.min(left + side, width),
      Math.min(top + side, height),
    ];
  },
};
