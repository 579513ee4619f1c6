// Turns about the centre.

import { type AugmentationKind, symmetric } from "./augmentation.js";

export const rotate: AugmentationKind = {
  name: "rotate",
  meaning: "largest angle in degrees",
  usual: 15,
  largest: 180,
  apply(sample, random, size, strength) {
    const angle = (symmetric(random, strength) * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    sample.warp([cos, -sin, 0, sin, cos, 0], size);
  },
};
