// Pad and crop: shifts by whole pixels, so that nothing is blurred (the usual CIFAR augmentation, as in
// He, Zhang, Ren, Sun 2015, arXiv 1512.03385, section 4.2: 4 of 32 pixels).

import type { AugmentationKind } from "./augmentation.js";

export const crop: AugmentationKind = {
  name: "crop",
  source: "He, Zhang, Ren, Sun 2015, arXiv 1512.03385",
  meaning: "padding as a share of the side",
  usual: 0.125,
  largest: 0.5,
  apply(sample, random, size, strength) {
    const within = (side: number) => {
      const padding = Math.round(strength * side);
      return random.integer(2 * padding + 1) - padding;
    };
    sample.warp([1, 0, within(size.width), 0, 1, within(size.height)], size);
  },
};
