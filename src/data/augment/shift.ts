// Shifts by parts of pixels too, unlike crop.

import { type AugmentationKind, symmetric } from "./augmentation.js";

export const shift: AugmentationKind = {
  name: "shift",
  meaning: "largest shift as a share of the side",
  usual: 0.1,
  largest: 0.5,
  apply(sample, random, size, strength) {
    const across = symmetric(random, strength * size.width);
    const down = symmetric(random, strength * size.height);
    sample.warp([1, 0, across, 0, 1, down], size);
  },
};
