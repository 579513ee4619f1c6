// Natural logarithm.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { div } from "./div.js";

export const logOp = pointwise("log", ({ inputs: [x] }, dy) => [div(dy, x)]);

/** Element-wise ln x. */
export const log = (x: Value): Value => apply(logOp, [x], {});
