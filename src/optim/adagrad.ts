// Adagrad (Duchi, Hazan and Singer 2011, JMLR 12), in the form of PyTorch.

import { add, div, mul, sqrt, sub } from "../graph/index.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/** s <- s + g^2; w <- w - lr g / (sqrt(s) + eps), with g = grad + decay w. Default eps 1e-10. */
export const adagrad: FirstOrder = {
  name: "adagrad",
  source: "Duchi, Hazan and Singer 2011, JMLR 12",
  state: ["sum"],
  defaults: { eps: 1e-10 },
  rate: 0.01,
  rule(input) {
    const { w, state, hyper } = input;
    const grad = regularised(input);
    const sum = add(state.sum, mul(grad, grad));
    return { w: sub(w, div(mul(hyper.lr, grad), add(sqrt(sum), hyper.eps))), state: { sum } };
  },
};
