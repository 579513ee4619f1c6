// NAdam (Dozat 2016, ICLR workshop): Adam whose first moment looks one step of momentum ahead. beta1 stays
// the same throughout, as in Keras and optax, without the paper's schedule for it.

import { add, constant, div, mul, pow, sqrt, sub } from "../graph/index.js";
import { adamDefaults, adamMoments } from "./adam.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/**
 * Adam with beta1 m / (1 - beta1^(t+1)) + (1 - beta1) g / (1 - beta1^t) in place of m / (1 - beta1^t): the moment is
 * that of the next step, and is corrected as such. Defaults {@link adamDefaults}.
 */
export const nadam: FirstOrder = {
  name: "nadam",
  source: "Dozat 2016, ICLR workshop",
  state: ["first", "second"],
  defaults: adamDefaults,
  rate: 0.001,
  rule(input) {
    const { w, hyper } = input;
    const { beta1, eps, lr, step } = hyper;
    const one = constant(w.graph, 1);
    const grad = regularised(input);
    const { first, second, rate, unbias } = adamMoments(grad, input);
    const grownNext = sub(one, mul(beta1, pow(beta1, step)));
    const ahead = mul(div(mul(lr, beta1), grownNext), first);
    const now = mul(mul(rate, sub(one, beta1)), grad);
    const change = div(add(ahead, now), add(mul(sqrt(second), unbias), eps));
    return { w: sub(w, change), state: { first, second } };
  },
};
