// Rounding to the nearest integer, ties to even, with the straight-through gradient
// (Bengio et al. 2013, arXiv 1308.3432): backwards it is the identity.

import { apply, type Value } from "../graph.js";
import { pointwise } from "../pointwise.js";

export const roundOp = pointwise("round", (_, dy) => [dy]);

/** Nearest integer, ties to even; the gradient passes through unchanged. */
export const round = (x: Value): Value => apply(roundOp, [x], {});
