// Sign change.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";

export const negOp = pointwise("neg", (_, dy) => [neg(dy)]);

/** Element-wise -x. */
export const neg = (x: Value): Value => apply(negOp, [x], {});
