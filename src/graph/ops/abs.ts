// Magnitude; its gradient at 0 is 0.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";
import { step } from "./step.js";
import { sub } from "./sub.js";

export const absOp = pointwise("abs", ({ inputs: [x] }, dy) => [
  mul(dy, sub(step(x), step(neg(x)))),
]);

/** Element-wise |x|. */
export const abs = (x: Value): Value => apply(absOp, [x], {});
