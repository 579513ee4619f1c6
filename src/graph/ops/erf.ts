// Gauss error function, for gelu.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { constant } from "./constant.js";
import { exp } from "./exp.js";
import { mul } from "./mul.js";
import { neg } from "./neg.js";

export const erfOp = pointwise("erf", ({ inputs: [x] }, dy) => [
  mul(dy, mul(constant(x.graph, 2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x))))),
]);

/** Element-wise erf x. */
export const erf = (x: Value): Value => apply(erfOp, [x], {});
