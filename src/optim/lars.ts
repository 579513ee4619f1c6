// LARS, layer-wise adaptive rate scaling (You, Gitman and Ginsburg 2017, arXiv 1708.03888): with a large
// batch, the steps of layers whose gradients are large for their weights diverge first; here all
// layers move by the same share of their length.

import { add, div, mul, sub } from "../graph/index.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";
import { trusted } from "./trust.js";

/**
 * v <- momentum v + lr ratio (grad + decay w); w <- w - v, with the ratio trust |w| / (|grad| + decay |w|) of
 * each layer; lr alone for biases and norms, and where a norm is 0. Defaults momentum 0.9, trust 0.001.
 */
export const lars: FirstOrder = {
  name: "lars",
  source: "You, Gitman and Ginsburg 2017, arXiv 1708.03888",
  state: ["velocity"],
  defaults: { momentum: 0.9, trust: 0.001 },
  rule(input) {
    const { w, grad, state, hyper, norm } = input;
    const { lr, decay, momentum, trust } = hyper;
    const weights = norm.layer(w);
    const slope = norm.layer(grad);
    const ratio = div(mul(trust, weights), add(slope, mul(decay, weights)));
    const rate = mul(lr, trusted(input, ratio, weights, slope));
    const velocity = add(mul(momentum, state.velocity), mul(rate, regularised(input)));
    return { w: sub(w, velocity), state: { velocity } };
  },
};
