// Larger of two; at a tie the gradient goes to the first operand.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { mul } from "./mul.js";
import { step } from "./step.js";
import { sub } from "./sub.js";

export const maxOp = pointwise("max", ({ inputs: [a, b] }, dy) => {
  const second = mul(dy, step(sub(b, a)));
  return [sub(dy, second), second];
});

/** Element-wise maximum. Operands broadcast. */
export const max = (a: Value, b: Value): Value => apply(maxOp, [a, b], {});
