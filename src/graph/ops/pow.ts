// Power of a positive base.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { constant } from "./constant.js";
import { log } from "./log.js";
import { mul } from "./mul.js";
import { sub } from "./sub.js";

export const powOp = pointwise("pow", ({ inputs: [a, b], outputs: [y] }, dy) => [
  mul(dy, mul(b, pow(a, sub(b, constant(a.graph, 1))))),
  mul(dy, mul(y, log(a))),
]);

/** Element-wise a^b for a > 0. Operands broadcast. */
export const pow = (a: Value, b: Value): Value => apply(powOp, [a, b], {});
