// Nesterov's accelerated gradient as Sutskever et al. 2013 (ICML) use it, in the form of PyTorch:
// v <- mu v + g, w <- w - lr (g + mu v).

import { add, mul, sub } from "../graph/index.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/** g = grad + decay w; v <- momentum v + g; w <- w - lr (g + momentum v). Default momentum 0.9. */
export const nesterov: FirstOrder = {
  name: "nesterov",
  source: "Nesterov 1983; Sutskever, Martens, Dahl and Hinton 2013 (ICML)",
  state: ["velocity"],
  defaults: { momentum: 0.9 },
  rule(input) {
    const { w, state, hyper } = input;
    const grad = regularised(input);
    const velocity = add(mul(hyper.momentum, state.velocity), grad);
    const ahead = add(grad, mul(hyper.momentum, velocity));
    return { w: sub(w, mul(hyper.lr, ahead)), state: { velocity } };
  },
};
