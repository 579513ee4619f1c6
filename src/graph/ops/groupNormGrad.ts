// The gradient of group normalisation, through the statistics of the groups. With an activation the incoming
// gradient is first multiplied with its slope, and that product is the residual's.

import type { Value } from "../graph.js";
import { normGradOp, normGradOperands } from "../normGrad.js";
import { type GroupNormAttrs, groupNormOp } from "./groupNorm.js";

export const groupNormGradOp = normGradOp<GroupNormAttrs>("groupNormGrad", () => groupNormOp);

/**
 * Gradients [x, gamma, beta], and behind them that of a residual where there was one: then `y`, the result,
 * is given, by which an activation's slope is known. Without a residual it follows from `x`.
 */
export const groupNormGrad = (
  dy: Value,
  x: Value,
  gamma: Value,
  beta: Value,
  mean: Value,
  variance: Value,
  attrs: GroupNormAttrs,
  y?: Value,
): readonly Value[] =>
  x.graph.apply(groupNormGradOp, normGradOperands([dy, x, gamma, beta, mean, variance], attrs, y), {
    ...attrs,
    residual: y !== undefined,
  });
