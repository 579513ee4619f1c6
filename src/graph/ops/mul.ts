// Product.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";

export const mulOp = pointwise("mul", ({ inputs: [a, b] }, dy) => [mul(dy, b), mul(dy, a)]);

/** Element-wise a * b. Operands broadcast. */
export const mul = (a: Value, b: Value): Value => apply(mulOp, [a, b], {});
