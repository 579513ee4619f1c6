// Square root.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { add } from "./add.js";
import { div } from "./div.js";

export const sqrtOp = pointwise("sqrt", ({ outputs: [y] }, dy) => [div(dy, add(y, y))]);

/** Element-wise square root. */
export const sqrt = (x: Value): Value => apply(sqrtOp, [x], {});
