// Rectified linear unit. The gradient needs only the output, which the next layer keeps anyway.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { mul } from "./mul.js";
import { step } from "./step.js";

export const reluOp = pointwise("relu", ({ outputs: [y] }, dy) => [mul(dy, step(y))]);

/** Element-wise max(x, 0). */
export const relu = (x: Value): Value => apply(reluOp, [x], {});
