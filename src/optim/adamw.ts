// Adam with decoupled weight decay (Loshchilov and Hutter 2017, arXiv 1711.05101), in the form of
// PyTorch: weights shrink by lr * decay of themselves beside Adam's step.

import { add, mul, sub } from "../graph/index.js";
import { adamChange, adamDefaults } from "./adam.js";
import type { FirstOrder } from "./optimizer.js";

/** Adam whose weight decay does not pass through the moments. Defaults {@link adamDefaults}. */
export const adamw: FirstOrder = {
  name: "adamw",
  source: "Loshchilov and Hutter 2017, arXiv 1711.05101",
  state: ["first", "second"],
  defaults: adamDefaults,
  rate: 0.001,
  rule(input) {
    const { w, grad, hyper, decayMask } = input;
    const { change, state } = adamChange(grad, input);
    const shrink = mul(mul(mul(hyper.lr, hyper.decay), decayMask), w);
    return { w: sub(w, add(change, shrink)), state };
  },
};
