// Random erasing (Zhong, Zheng, Kang, Li, Yang 2020, arXiv 1708.04896): hides a box of 2 % to 33 % of the image, of any
// shape from 3:10 to 10:3, that lies within it. The box becomes the channel's mean.

import type { AugmentationKind } from "./augmentation.js";

const [LEAST, MOST] = [0.02, 1 / 3];
const FLATTEST = 0.3;
const TRIES = 10;

export const erase: AugmentationKind = {
  name: "erase",
  source: "Zhong, Zheng, Kang, Li, Yang 2020, arXiv 1708.04896",
  meaning: "probability",
  usual: 0.5,
  largest: 1,
  sets: "box",
  apply(sample, random, { height, width }, strength) {
    if (random.uniform() >= strength) return;
    for (let left = TRIES; left > 0; left--) {
      const area = height * width * (LEAST + random.uniform() * (MOST - LEAST));
      const shape = FLATTEST ** (2 * random.uniform() - 1);
      const [down, across] = [Math.sqrt(area * shape), Math.sqrt(area / shape)].map(Math.round);
      if (down < 1 || across < 1 || down >= height || across >= width) continue;
      const x = random.integer(width - across + 1);
      const y = random.integer(height - down + 1);
      sample.box = [x, y, x + across, y + down];
      return;
    }
  },
};
