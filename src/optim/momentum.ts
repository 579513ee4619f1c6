// Gradient descent with momentum (Polyak 1964), in the form of PyTorch: v <- mu v + g, w <- w - lr v.

import { add, mul, sub } from "../graph/index.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/** v <- momentum v + grad + decay w; w <- w - lr v. Default momentum 0.9. */
export const momentum: FirstOrder = {
  name: "momentum",
  source: "Polyak 1964, doi 10.1016/0041-5553(64)90137-5",
  state: ["velocity"],
  defaults: { momentum: 0.9 },
  rule(input) {
    const { w, state, hyper } = input;
    const velocity = add(mul(hyper.momentum, state.velocity), regularised(input));
    return { w: sub(w, mul(hyper.lr, velocity)), state: { velocity } };
  },
};
