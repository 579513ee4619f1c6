// RMSProp (Tieleman and Hinton 2012, lecture 6.5), in the form of PyTorch: eps outside the root.

import { add, div, mul, sqrt, sub } from "../graph/index.js";
import { average } from "./adam.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/**
 * s <- beta s + (1 - beta) g^2; w <- w - lr g / (sqrt(s) + eps), with g = grad + decay w. Defaults beta 0.99
 * (PyTorch's alpha), eps 1e-8.
 */
export const rmsprop: FirstOrder = {
  name: "rmsprop",
  source: "Tieleman and Hinton 2012, Neural Networks for Machine Learning, lecture 6.5",
  state: ["second"],
  defaults: { beta: 0.99, eps: 1e-8 },
  rate: 0.001,
  rule(input) {
    const { w, state, hyper } = input;
    const grad = regularised(input);
    const second = average(state.second, mul(grad, grad), hyper.beta);
    return { w: sub(w, div(mul(hyper.lr, grad), add(sqrt(second), hyper.eps))), state: { second } };
  },
};
