// Logistic function.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { constant } from "./constant.js";
import { mul } from "./mul.js";
import { sub } from "./sub.js";

export const sigmoidOp = pointwise("sigmoid", ({ outputs: [y] }, dy) => [
  mul(dy, mul(y, sub(constant(y.graph, 1), y))),
]);

/** Element-wise 1 / (1 + e^-x). */
export const sigmoid = (x: Value): Value => apply(sigmoidOp, [x], {});
