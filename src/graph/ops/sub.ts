// Difference.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { neg } from "./neg.js";

export const subOp = pointwise("sub", (_, dy) => [dy, neg(dy)]);

/** Element-wise a - b. Operands broadcast. */
export const sub = (a: Value, b: Value): Value => apply(subOp, [a, b], {});
