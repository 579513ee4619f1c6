// NAdam (Dozat 2016, ICLR workshop): Adam whose first moment looks one step of momentum ahead. beta1 stays
// the same throughout, without the paper's schedule for it.

import { add, constant, div, mul, sqrt, sub } from "../graph/index.js";
import { adamDefaults, adamMoments } from "./adam.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/** Adam with beta1 m + (1 - beta1) g in place of m. Defaults {@link adamDefaults}. */
export const nadam: FirstOrder = {
  name: "nadam",
  source: "Dozat 2016, ICLR workshop",
  state: ["first", "second"],
  defaults: adamDefaults,
  rule(input) {
    const { w, hyper } = input;
    const { beta1, eps } = hyper;
    const grad = regularised(input);
    const { first, second, rate, unbias } = adamMoments(grad, input);
    const ahead = add(mul(beta1, first), mul(sub(constant(w.graph, 1), beta1), grad));
    const change = div(mul(rate, ahead), add(mul(sqrt(second), unbias), eps));
    return { w: sub(w, change), state: { first, second } };
  },
};
