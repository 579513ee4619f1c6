// Hyperbolic tangent.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { constant } from "./constant.js";
import { mul } from "./mul.js";
import { sub } from "./sub.js";

export const tanhOp = pointwise("tanh", ({ outputs: [y] }, dy) => [
  mul(dy, sub(constant(y.graph, 1), mul(y, y))),
]);

/** Element-wise tanh x. */
export const tanh = (x: Value): Value => apply(tanhOp, [x], {});
