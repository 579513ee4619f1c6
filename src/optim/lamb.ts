// LAMB (You et al. 2019, arXiv 1904.00962): Adam whose step in each layer is as long as the layer's
// weights, for large batches.

import { add, div, mul, sqrt, sub } from "../graph/index.js";
import { adamDefaults, adamMoments } from "./adam.js";
import type { FirstOrder } from "./optimizer.js";
import { trusted } from "./trust.js";

/**
 * u = m / (sqrt(v) + eps) + decay w; w <- w - lr |w| / |u| u for each layer; u alone for biases and norms,
 * and where a norm is 0. Defaults those of Adam, but eps 1e-6.
 */
export const lamb: FirstOrder = {
  name: "lamb",
  source: "You et al. 2019, arXiv 1904.00962",
  state: ["first", "second"],
  defaults: { ...adamDefaults, eps: 1e-6 },
  rate: 0.001,
  rule(input) {
    const { w, grad, hyper, decayMask, norm } = input;
    const { lr, decay, eps } = hyper;
    const { first, second, grown, unbias } = adamMoments(grad, input);
    const mean = div(first, grown);
    const shrink = mul(mul(decay, decayMask), w);
    const change = add(div(mean, add(mul(sqrt(second), unbias), eps)), shrink);
    const [weights, length] = [norm.layer(w), norm.layer(change)];
    const ratio = trusted(input, div(weights, length), weights, length);
    return { w: sub(w, mul(mul(lr, ratio), change)), state: { first, second } };
  },
};
