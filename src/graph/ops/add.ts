// Sum.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";

export const addOp = pointwise("add", (_, dy) => [dy, dy]);

/** Element-wise a + b. Operands broadcast. */
export const add = (a: Value, b: Value): Value => apply(addOp, [a, b], {});
