// The policy that AutoAugment found on ImageNet (Cubuk, Zoph, Mané, Vasudevan, Le 2019, arXiv 1805.09501, appendix): one of
// 25 pairs of operations for each image, with levels from 0 to 9.

import type { Policy } from "./policy.js";
import { namedRanges } from "./ranges.js";

export const autoImagenet: Policy = {
  name: "auto-imagenet",
  source: "Cubuk, Zoph, Mané, Vasudevan, Le 2019, arXiv 1805.09501",
  draws: 1,
  levels: 9,
  ranges: namedRanges.paper,
  subPolicies: [
    [
      ["posterise", 0.4, 8],
      ["rotate", 0.6, 9],
    ],
    [
      ["solarise", 0.6, 5],
      ["autoContrast", 0.6],
    ],
    [
      ["equalise", 0.8],
      ["equalise", 0.6],
    ],
    [
      ["posterise", 0.6, 7],
      ["posterise", 0.6, 6],
    ],
    [
      ["equalise", 0.4],
      ["solarise", 0.2, 4],
    ],
    [
      ["equalise", 0.4],
      ["rotate", 0.8, 8],
    ],
    [
      ["solarise", 0.6, 3],
      ["equalise", 0.6],
    ],
    [
      ["posterise", 0.8, 5],
      ["equalise", 1],
    ],
    [
      ["rotate", 0.2, 3],
      ["solarise", 0.6, 8],
    ],
    [
      ["equalise", 0.6],
      ["posterise", 0.4, 6],
    ],
    [
      ["rotate", 0.8, 8],
      ["colour", 0.4, 0],
    ],
    [
      ["rotate", 0.4, 9],
      ["equalise", 0.6],
    ],
    [
      ["equalise", 0],
      ["equalise", 0.8],
    ],
    [
      ["invert", 0.6],
      ["equalise", 1],
    ],
    [
      ["colour", 0.6, 4],
      ["contrast", 1, 8],
    ],
    [
      ["rotate", 0.8, 8],
      ["colour", 1, 2],
    ],
    [
      ["colour", 0.8, 8],
      ["solarise", 0.8, 7],
    ],
    [
      ["sharpness", 0.4, 7],
      ["invert", 0.6],
    ],
    [
      ["shearX", 0.6, 5],
      ["equalise", 1],
    ],
    [
      ["colour", 0.4, 0],
      ["equalise", 0.6],
    ],
    [
      ["equalise", 0.4],
      ["solarise", 0.2, 4],
    ],
    [
      ["solarise", 0.6, 5],
      ["autoContrast", 0.6],
    ],
    [
      ["invert", 0.6],
      ["equalise", 1],
    ],
    [
      ["colour", 0.6, 4],
      ["contrast", 1, 8],
    ],
    [
      ["equalise", 0.8],
      ["equalise", 0.6],
    ],
  ],
};
