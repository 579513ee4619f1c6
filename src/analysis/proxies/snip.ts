// How much the loss would change without each weight, added up (Lee, Ajanthan and Torr 2019, "SNIP", arXiv 1810.02340).

import { abs, mul, reduceSum } from "../../graph/index.js";
import { sumOverWeights, type ZeroCostProxy } from "./proxy.js";

export const snip: ZeroCostProxy = {
  name: "snip",
  description: "how much the loss would change without each weight",
  source: "Lee, Ajanthan and Torr 2019, arXiv 1810.02340",
  score: (net) => sumOverWeights(net, (weight, slope) => reduceSum(abs(mul(weight, slope)))),
};
