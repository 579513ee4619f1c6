// The gradient of group normalisation, through the statistics of the groups. With `relu` the incoming
// gradient is first masked by y > 0, and that masked gradient is the residual's.

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

/** Gradients [x, gamma, beta] or [x, gamma, beta, residual]. `y` is read only to mask by ReLU. */
export const groupNormGrad = (
  dy: Value,
  x: Value,
  gamma: Value,
  mean: Value,
  variance: Value,
  y: Value,
  { groups, eps, relu }: GroupNormAttrs,
  residual: boolean,
): readonly Value[] =>
  x.graph.apply(groupNormGradOp, [dy, x, gamma, mean, variance, ...(relu ? [y] : [])], {
    groups,
    eps,
    relu,
    residual,
  });
