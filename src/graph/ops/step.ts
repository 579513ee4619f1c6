// Unit step: the derivative that relu and its like need. Not differentiable itself.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";

export const stepOp = pointwise("step");

/** 1 where x > 0, else 0. */
export const step = (x: Value): Value => apply(stepOp, [x], {});
