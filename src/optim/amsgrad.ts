// AMSGrad (Reddi, Kale and Kumar 2018, arXiv 1904.09237): Adam whose second moment never falls, so that
// a rare large gradient is not forgotten.

import { add, div, max, mul, sqrt, sub } from "../graph/index.js";
import { adamDefaults, adamMoments } from "./adam.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/** Adam with the largest second moment so far. Defaults {@link adamDefaults}. */
export const amsgrad: FirstOrder = {
  name: "amsgrad",
  source: "Reddi, Kale and Kumar 2018, arXiv 1904.09237",
  state: ["first", "second", "largest"],
  defaults: adamDefaults,
  rate: 0.001,
  rule(input) {
    const { w, state, hyper } = input;
    const { first, second, rate, unbias } = adamMoments(regularised(input), input);
    const largest = max(state.largest, second);
    const change = div(mul(rate, first), add(mul(sqrt(largest), unbias), hyper.eps));
    return { w: sub(w, change), state: { first, second, largest } };
  },
};
