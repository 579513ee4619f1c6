// Mixup (Zhang, Cisse, Dauphin, Lopez-Paz 2017, arXiv 1710.09412): blends each image and its target
// with another one of the batch; the share is drawn from Beta(strength, strength) for every image.

import type { AugmentationKind } from "./augmentation.js";
import { beta } from "./beta.js";

export const mixup: AugmentationKind = {
  name: "mixup",
  source: "Zhang, Cisse, Dauphin, Lopez-Paz 2017, arXiv 1710.09412",
  meaning: "both parameters of the Beta distribution of shares",
  usual: 0.2,
  largest: 2,
  blends: true,
  sets: "partner",
  apply(sample, random, { count }, strength) {
    if (strength === 0) return;
    sample.partner = random.integer(count);
    sample.weight = beta(random, strength);
    sample.patch = undefined;
  },
};
