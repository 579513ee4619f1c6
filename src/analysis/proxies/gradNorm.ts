// Lengths of the gradients of all layers, added up (Abdelfattah, Mehrotra, Dudziak and Lane 2021, "Zero-cost proxies for
// lightweight NAS", arXiv 2101.08134).

import { mul, reduceSum, sqrt } from "../../graph/index.js";
import { sumOverWeights, type ZeroCostProxy } from "./proxy.js";

export const gradNorm: ZeroCostProxy = {
  name: "grad_norm",
  description: "lengths of the gradients of all layers, added up",
  source: "Abdelfattah et al. 2021, arXiv 2101.08134",
  score: (net) => sumOverWeights(net, (_, slope) => sqrt(reduceSum(mul(slope, slope)))),
};
