// Scales of normalisations that are drawn to 0 in training, so that channels that count little can go (Liu et al. 2017, "Learning
// efficient convolutional networks through network slimming", arXiv 1708.06519).

import { abs, constant, max, mul, step, sub, type Value } from "../../graph/index.js";
import type { Wrapper } from "./wrapper.js";

/** x moved towards 0 by a distance, and not beyond: what makes |x| * distance and the squared way least (Tibshirani 1996). */
function shrunk(x: Value, distance: Value): Value {
  const none = constant(x.graph, 0);
  const sign = sub(step(x), step(sub(none, x)));
  return mul(sign, max(sub(abs(x), distance), none));
}

/**
 * Behind each step of the optimizer inside, scales move towards 0 by `slim` (1e-4) times the learning rate, and stay there where they
 * reach it: the proximal step of a penalty `slim` times the sum of their sizes, where the paper takes its subgradient.
 */
export const slim: Wrapper = {
  name: "slim",
  source: "Liu et al. 2017, arXiv 1708.06519",
  defaults: { slim: 1e-4 },
  wrap: (base) => ({
    rule(input) {
      const { hyper } = input;
      const { w, state } = base.rule(input);
      return { w: shrunk(w, mul(input.scaleMask(), mul(hyper.lr, hyper.slim))), state };
    },
  }),
};
