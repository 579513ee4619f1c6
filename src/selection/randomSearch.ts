// Random subsets, the best of which is taken (Bergstra and Bengio 2012, "Random search for hyper-parameter optimization",
// JMLR 13): what any search has to be better than at as many evaluations.

import { Random } from "../tensor/philox.js";
import { maskOf, type Selector } from "./selector.js";

/** Random search: every number of features is as likely, and then every subset of so many. */
export const randomSearch: Selector = {
  name: "random",
  description: "the best of random subsets",
  source: "Bergstra and Bengio 2012, JMLR 13",
  defaults: {},
  search({ fitness }, _, key) {
    const random = new Random(key);
    const { columns } = fitness;
    while (fitness.left > 0) {
      const count = 1 + random.integer(columns);
      fitness.of(maskOf(random.permutation(columns).subarray(0, count), columns));
    }
  },
};
