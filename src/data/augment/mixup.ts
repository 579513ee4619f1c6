// Mixup (Zhang, Cisse, Dauphin, Lopez-Paz 2017, arXiv 1710.09412): blends each image and its target
// with another one of the batch; the share is drawn from Beta(strength, strength) for every image.

import type { Random } from "../../tensor/philox.js";
import type { AugmentationKind } from "./augmentation.js";

export const mixup: AugmentationKind = {
  name: "mixup",
  source: "Zhang, Cisse, Dauphin, Lopez-Paz 2017, arXiv 1710.09412",
  meaning: "both parameters of the Beta distribution of shares",
  usual: 0.2,
  largest: 2,
  apply(sample, random, { count }, strength) {
    if (strength === 0) return;
    sample.partner = random.integer(count);
    sample.weight = beta(random, strength);
  },
};

/** A number from Beta(a, a) by Jöhnk's method (1964), in logarithms so that small `a` does not underflow. */
function beta(random: Random, a: number): number {
  for (;;) {
    const x = Math.log(1 - random.uniform());
    const y = Math.log(1 - random.uniform());
    if (Math.exp(x / a) + Math.exp(y / a) <= 1) return 1 / (1 + Math.exp((y - x) / a));
  }
}
