// Stochastic gradient descent (Robbins and Monro 1951): w <- w - lr g.

import { mul, sub } from "../graph/index.js";
import { regularised } from "./decay.js";
import type { FirstOrder } from "./optimizer.js";

/** w <- w - lr (grad + decay w). */
export const sgd: FirstOrder = {
  name: "sgd",
  source: "Robbins and Monro 1951, doi 10.1214/aoms/1177729586",
  state: [],
  defaults: {},
  rule: (input) => ({
    w: sub(input.w, mul(input.hyper.lr, regularised(input))),
    state: {},
  }),
};
