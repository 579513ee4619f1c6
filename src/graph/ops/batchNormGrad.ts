// The gradient of batch normalisation, through the batch's statistics. With an activation the incoming
// gradient is first multiplied with its slope, and that product is the residual's.

import type { Value } from "../graph.js";
import { normGradOp, normGradOperands } from "../normGrad.js";
import { type BatchNormAttrs, batchNormOp } from "./batchNorm.js";

export const batchNormGradOp = normGradOp<BatchNormAttrs>("batchNormGrad", () => batchNormOp);

/**
 * Gradients [x, gamma, beta], and behind them that of a residual where there was one: then `y`, the result,
 * is given, by which an activation's slope is known. Without a residual it follows from `x`.
 */
export const batchNormGrad = (
  dy: Value,
  x: Value,
  gamma: Value,
  beta: Value,
  mean: Value,
  variance: Value,
  attrs: BatchNormAttrs,
  y?: Value,
): readonly Value[] =>
  x.graph.apply(batchNormGradOp, normGradOperands([dy, x, gamma, beta, mean, variance], attrs, y), {
    ...attrs,
    residual: y !== undefined,
  });
