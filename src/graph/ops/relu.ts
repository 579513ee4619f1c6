// Rectified linear unit. The gradient needs only the output, which the next layer keeps anyway.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { mul } from "./mul.js";
import { step } from "./step.js";

/** The derivative by the result. */
export const reluSlope = (y: Value): Value => step(y);

export const reluOp = pointwise("relu", ({ outputs: [y] }, dy) => [mul(dy, reluSlope(y))]);

/** Element-wise max(x, 0). */
export const relu = (x: Value): Value => apply(reluOp, [x], {});
