// The gradient of group normalisation, through the statistics of the groups. With an activation the incoming
// gradient is first multiplied with its slope, and that product is the residual's.

import { sizeOf } from "../../tensor/shape.js";
import type { Op, Value } from "../graph.js";
import type { GroupNormAttrs } from "./groupNorm.js";

interface GroupNormGradAttrs extends GroupNormAttrs {
  /** Whether the fourth output, the gradient of the residual, is wanted. */
  readonly residual: boolean;
}

export const groupNormGradOp: Op<GroupNormGradAttrs> = {
  name: "groupNormGrad",
  infer: ([dy, , gamma], { residual }) => [
    { dtype: "f32", shape: dy.shape },
    { dtype: "f32", shape: gamma.shape },
    { dtype: "f32", shape: gamma.shape },
    ...(residual ? [{ dtype: "f32" as const, shape: dy.shape }] : []),
  ],
  flops: ({ inputs: [dy] }) => 11 * sizeOf(dy.shape),
};

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
  x.graph.apply(
    groupNormGradOp,
    [dy, x, gamma, beta, mean, variance, ...(y && attrs.activation !== "none" ? [y] : [])],
    { ...attrs, residual: y !== undefined },
  );
