// TrivialAugment (Mueller, Hutter 2021, arXiv 2103.10158): one operation at any level for each image, and no setting.

import { each, type Policy } from "./policy.js";
import { namedRanges } from "./ranges.js";

/** The operations of TrivialAugment and RandAugment. */
export const fourteen = each(
  ...(["identity", "autoContrast", "equalise", "rotate", "solarise", "colour"] as const),
  ...(["posterise", "contrast", "brightness", "sharpness"] as const),
  ...(["shearX", "shearY", "translateX", "translateY"] as const),
);

export const trivial: Policy = {
  name: "trivial",
  source: "Müller, Hutter 2021, arXiv 2103.10158",
  draws: 1,
  levels: 30,
  ranges: namedRanges.standard,
  subPolicies: fourteen,
};
