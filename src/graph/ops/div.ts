// Quotient.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const divOp = pointwise("div", ({ inputs: [, b], outputs: [y] }, dy) => {
  const da = div(dy, b);
  return [da, neg(mul(da, y))];
});

/** Element-wise a / b. Operands broadcast. */
export const div = (a: Value, b: Value): Value => apply(divOp, [a, b], {});
