// Weight decay as L2 regularisation: decay * w joins the gradient, of weights only.

import { add, mul, type Value } from "../graph/index.js";
import type { RuleInput } from "./optimizer.js";

/** grad + decay * w where decay applies. */
export const regularised = ({ w, grad, hyper, decayMask }: RuleInput): Value =>
  add(grad, mul(hyper.decay, mul(decayMask, w)));
