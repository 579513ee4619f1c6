// The policy that AutoAugment found on SVHN (Cubuk, Zoph, Mané, Vasudevan, Le 2019, arXiv 1805.09501, appendix): one of
// 25 pairs of operations for each image, with levels from 0 to 9.

import type { Policy } from "./policy.js";
import { namedRanges } from "./ranges.js";

export const autoSvhn: Policy = {
  name: "auto-svhn",
  source: "Cubuk, Zoph, Mané, Vasudevan, Le 2019, arXiv 1805.09501",
  draws: 1,
  levels: 9,
  ranges: namedRanges.paper,
  subPolicies: [
    [
      ["shearX", 0.9, 4],
      ["invert", 0.2],
    ],
    [
      ["shearY", 0.9, 8],
      ["invert", 0.7],
    ],
    [
      ["equalise", 0.6],
      ["solarise", 0.6, 6],
    ],
    [
      ["invert", 0.9],
      ["equalise", 0.6],
    ],
    [
      ["equalise", 0.6],
      ["rotate", 0.9, 3],
    ],
    [
      ["shearX", 0.9, 4],
      ["autoContrast", 0.8],
    ],
    [
      ["shearY", 0.9, 8],
      ["invert", 0.4],
    ],
    [
      ["shearY", 0.9, 5],
      ["solarise", 0.2, 6],
    ],
    [
      ["invert", 0.9],
      ["autoContrast", 0.8],
    ],
    [
      ["equalise", 0.6],
      ["rotate", 0.9, 3],
    ],
    [
      ["shearX", 0.9, 4],
      ["solarise", 0.3, 3],
    ],
    [
      ["shearY", 0.8, 8],
      ["invert", 0.7],
    ],
    [
      ["equalise", 0.9],
      ["translateY", 0.6, 6],
    ],
    [
      ["invert", 0.9],
      ["equalise", 0.6],
    ],
    [
      ["contrast", 0.3, 3],
      ["rotate", 0.8, 4],
    ],
    [
      ["invert", 0.8],
      ["translateY", 0, 2],
    ],
    [
      ["shearY", 0.7, 6],
      ["solarise", 0.4, 8],
    ],
    [
      ["invert", 0.6],
      ["rotate", 0.8, 4],
    ],
    [
      ["shearY", 0.3, 7],
      ["translateX", 0.9, 3],
    ],
    [
      ["shearX", 0.1, 6],
      ["invert", 0.6],
    ],
    [
      ["solarise", 0.7, 2],
      ["translateY", 0.6, 7],
    ],
    [
      ["shearY", 0.8, 4],
      ["invert", 0.8],
    ],
    [
      ["shearX", 0.7, 9],
      ["translateY", 0.8, 3],
    ],
    [
      ["shearY", 0.8, 5],
      ["autoContrast", 0.7],
    ],
    [
      ["shearX", 0.7, 2],
      ["invert", 0.1],
    ],
  ],
};
