// Smaller of two; at a tie the gradient goes to the first operand.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { mul } from "./mul.js";
import { step } from "./step.js";
import { sub } from "./sub.js";

export const minOp = pointwise("min", ({ inputs: [a, b] }, dy) => {
  const second = mul(dy, step(sub(a, b)));
  return [sub(dy, second), second];
});

/** Element-wise minimum. Operands broadcast. */
export const min = (a: Value, b: Value): Value => apply(minOp, [a, b], {});
