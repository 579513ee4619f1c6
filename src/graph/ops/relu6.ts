// ReLU clipped at 6 (MobileNetV2, 2018, arXiv 1801.04381).

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";
import { constant } from "./constant.js";
import { mul } from "./mul.js";
import { step } from "./step.js";
import { sub } from "./sub.js";

/** The derivative by the result. */
export const relu6Slope = (y: Value): Value => mul(step(y), step(sub(constant(y.graph, 6), y)));

export const relu6Op = pointwise("relu6", ({ outputs: [y] }, dy) => [mul(dy, relu6Slope(y))]);

/** Element-wise min(max(x, 0), 6). */
export const relu6 = (x: Value): Value => apply(relu6Op, [x], {});
