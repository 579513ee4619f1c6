// AugMix (Hendrycks et al. 2020, arXiv 1912.02781): an image mixed with three rows of one to three operations on it. Levels
// are up to severity 3 of 10, as the authors use; their loss of consistency between mixed images is not part of it.

import { each, type Policy } from "./policy.js";

export const augmix: Policy = {
  name: "augmix",
  source: "Hendrycks, Mu, Cubuk, Zoph, Gilmer, Lakshminarayanan 2020, arXiv 1912.02781",
  draws: 3,
  chains: 3,
  levels: 255,
  ranges: {
    ...{ shearX: [0, 0.09], shearY: [0, 0.09], translateX: [0, 0.1], translateY: [0, 0.1] },
    ...{ rotate: [0, 9], solarise: [256, 179.2], posterise: [8, 6.8] },
  },
  subPolicies: each(
    ...(["autoContrast", "equalise", "posterise", "rotate", "solarise"] as const),
    ...(["shearX", "shearY", "translateX", "translateY"] as const),
  ),
};
