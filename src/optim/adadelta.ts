// AdaDelta (Zeiler 2012, arXiv 1212.5701): steps in the units of the weights, from a running mean of
// the steps themselves. A learning rate of 1 is the paper's method.

import { add, div, mul, sqrt, sub } from "../graph/index.js";
import { average } from "./adam.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/** d = g sqrt(u + eps) / sqrt(s + eps); w <- w - lr d. Defaults beta 0.95 (the paper's rho), eps 1e-6. */
export const adadelta: FirstOrder = {
  name: "adadelta",
  source: "Zeiler 2012, arXiv 1212.5701",
  state: ["second", "steps"],
  defaults: { beta: 0.95, eps: 1e-6 },
  rate: 1,
  rule(input) {
    const { w, state, hyper } = input;
    const { beta, eps, lr } = hyper;
    const grad = regularised(input);
    const second = average(state.second, mul(grad, grad), beta);
    const change = div(mul(grad, sqrt(add(state.steps, eps))), sqrt(add(second, eps)));
    const steps = average(state.steps, mul(change, change), beta);
    return { w: sub(w, mul(lr, change)), state: { second, steps } };
  },
};
