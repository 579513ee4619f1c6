// Exponential.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { mul } from "./mul.js";

export const expOp = pointwise("exp", ({ outputs: [y] }, dy) => [mul(dy, y)]);

/** Element-wise e^x. */
export const exp = (x: Value): Value => apply(expOp, [x], {});
