// UniformAugment (LingChen et al. 2020, arXiv 2003.14348): two operations of any level for each image, each done in half
// of the cases. The paper's levels are real numbers; here they are 256 steps.

import type { Policy, PolicyStep } from "./policy.js";
import { namedRanges } from "./ranges.js";

const names = [
  ...(["shearX", "shearY", "translateX", "translateY", "rotate", "autoContrast"] as const),
  ...(["invert", "equalise", "solarise", "posterise", "contrast", "colour"] as const),
  ...(["brightness", "sharpness", "cutout"] as const),
];

export const uniform: Policy = {
  name: "uniform",
  source: "LingChen, Khonsari, Lashkari, Nazari, Sambee, Nascimento 2020, arXiv 2003.14348",
  draws: 2,
  levels: 255,
  ranges: namedRanges.paper,
  subPolicies: names.map((name): [PolicyStep] => [[name, 0.5]]),
};
