// RandAugment (Cubuk, Zoph, Shlens, Le 2020, arXiv 1909.13719): n operations for each image, all of level m.

import type { Policy } from "./policy.js";
import { trivial } from "./trivial.js";

export const rand: Policy = {
  ...trivial,
  name: "rand",
  source: "Cubuk, Zoph, Shlens, Le 2020, arXiv 1909.13719",
  draws: 2,
  level: 9,
};
