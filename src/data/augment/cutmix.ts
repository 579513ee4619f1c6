// CutMix (Yun, Han, Oh, Chun, Choe, Yoo 2019, arXiv 1905.04899): a box of each image shows another one of the batch, and
// targets are mixed by area. One minus the area is drawn from Beta(strength, strength); the box is then cut to the image.

import type { AugmentationKind } from "./augmentation.js";
import { beta } from "./beta.js";

export const cutmix: AugmentationKind = {
  name: "cutmix",
  source: "Yun, Han, Oh, Chun, Choe, Yoo 2019, arXiv 1905.04899",
  meaning: "both parameters of the Beta distribution of shares",
  usual: 1,
  largest: 2,
  blends: true,
  sets: "partner",
  apply(sample, random, { height, width, count }, strength) {
    if (strength === 0) return;
    sample.partner = random.integer(count);
    const side = Math.sqrt(1 - beta(random, strength));
    const within = (length: number): [number, number] => {
      const [middle, half] = [random.integer(length), Math.floor((side * length) / 2)];
      return [Math.max(middle - half, 0), Math.min(middle + half, length)];
    };
    const [left, right] = within(width);
    const [top, bottom] = within(height);
    sample.patch = [left, top, right, bottom];
    sample.weight = 1 - ((right - left) * (bottom - top)) / (height * width);
  },
};
