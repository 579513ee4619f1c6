// Zooms in or out about the centre.

import { type AugmentationKind, symmetric } from "./augmentation.js";

export const scale: AugmentationKind = {
  name: "scale",
  meaning: "largest change of size as a share of it",
  usual: 0.1,
  largest: 0.9,
  apply(sample, random, size, strength) {
    const factor = 1 / (1 + symmetric(random, strength));
    sample.warp([factor, 0, 0, 0, factor, 0], size);
  },
};
