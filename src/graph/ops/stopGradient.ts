// Identity forwards; no gradient flows through.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";

export const stopGradientOp = pointwise("stopGradient");

/** `x`, as a constant for differentiation. */
export const stopGradient = (x: Value): Value => apply(stopGradientOp, [x], {});
