// What levels of operations mean in published policies. Posterise keeps 8 to 4 bits, as AutoAugment's paper says; its
// program kept 4 to 0 by mistake, so that images became black (found by TrivialAugment's authors).

import type { Range, Ranges } from "./policy.js";

/** Factors of the four that enhance. */
const enhance = (range: Range): Ranges => ({
  ...{ contrast: range, colour: range, brightness: range, sharpness: range },
});

/** AutoAugment's (Cubuk et al. 2019, arXiv 1805.09501, table 6): images move by 150 of 331 pixels at most. */
const paper: Ranges = {
  ...{ shearX: [0, 0.3], shearY: [0, 0.3] },
  ...{ translateX: [0, 150 / 331], translateY: [0, 150 / 331] },
  rotate: [0, 30],
  solarise: [256, 0],
  posterise: [8, 4],
  ...enhance([0.1, 1.9]),
  cutout: [0, 0.2],
};

/** Those of RandAugment and TrivialAugment: by 10 of 32 pixels. */
const standard: Ranges = {
  ...paper,
  ...{ translateX: [0, 10 / 32], translateY: [0, 10 / 32] },
};

/** TrivialAugment's for larger nets. */
const wide: Ranges = {
  ...paper,
  ...{ shearX: [0, 0.99], shearY: [0, 0.99], translateX: [0, 1], translateY: [0, 1] },
  rotate: [0, 135],
  posterise: [8, 2],
  ...enhance([0.01, 2]),
};

/** By name, for policies in files. */
export const namedRanges = { paper, standard, wide } as const satisfies Record<string, Ranges>;
