// The policy that AutoAugment found on CIFAR-10 (Cubuk, Zoph, Mané, Vasudevan, Le 2019, arXiv 1805.09501, appendix): one of
// 25 pairs of operations for each image, with levels from 0 to 9.

import type { Policy } from "./policy.js";
import { namedRanges } from "./ranges.js";

export const autoCifar10: Policy = {
  name: "auto-cifar10",
  source: "Cubuk, Zoph, Mané, Vasudevan, Le 2019, arXiv 1805.09501",
  draws: 1,
  levels: 9,
  ranges: namedRanges.paper,
  subPolicies: [
    [
      ["invert", 0.1],
      ["contrast", 0.2, 6],
    ],
    [
      ["rotate", 0.7, 2],
      ["translateX", 0.3, 9],
    ],
    [
      ["sharpness", 0.8, 1],
      ["sharpness", 0.9, 3],
    ],
    [
      ["shearY", 0.5, 8],
      ["translateY", 0.7, 9],
    ],
    [
      ["autoContrast", 0.5],
      ["equalise", 0.9],
    ],
    [
      ["shearY", 0.2, 7],
      ["posterise", 0.3, 7],
    ],
    [
      ["colour", 0.4, 3],
      ["brightness", 0.6, 7],
    ],
    [
      ["sharpness", 0.3, 9],
      ["brightness", 0.7, 9],
    ],
    [
      ["equalise", 0.6],
      ["equalise", 0.5],
    ],
    [
      ["contrast", 0.6, 7],
      ["sharpness", 0.6, 5],
    ],
    [
      ["colour", 0.7, 7],
      ["translateX", 0.5, 8],
    ],
    [
      ["equalise", 0.3],
      ["autoContrast", 0.4],
    ],
    [
      ["translateY", 0.4, 3],
      ["sharpness", 0.2, 6],
    ],
    [
      ["brightness", 0.9, 6],
      ["colour", 0.2, 8],
    ],
    [
      ["solarise", 0.5, 2],
      ["invert", 0],
    ],
    [
      ["equalise", 0.2],
      ["autoContrast", 0.6],
    ],
    [
      ["equalise", 0.2],
      ["equalise", 0.6],
    ],
    [
      ["colour", 0.9, 9],
      ["equalise", 0.6],
    ],
    [
      ["autoContrast", 0.8],
      ["solarise", 0.2, 8],
    ],
    [
      ["brightness", 0.1, 3],
      ["colour", 0.7, 0],
    ],
    [
      ["solarise", 0.4, 5],
      ["autoContrast", 0.9],
    ],
    [
      ["translateY", 0.9, 9],
      ["translateY", 0.7, 9],
    ],
    [
      ["autoContrast", 0.9],
      ["solarise", 0.8, 3],
    ],
    [
      ["equalise", 0.8],
      ["invert", 0.1],
    ],
    [
      ["translateY", 0.7, 9],
      ["autoContrast", 0.9],
    ],
  ],
};
