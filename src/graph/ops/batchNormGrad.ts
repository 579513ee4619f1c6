// The gradient of batch normalisation, through the batch's statistics. With `relu` the incoming
// gradient is first masked by y > 0, and that masked gradient is the residual's.

import { sizeOf } from "../../tensor/shape.js";
import type { Op, Value } from "../graph.js";
import type { BatchNormAttrs } from "./batchNorm.js";

interface BatchNormGradAttrs extends BatchNormAttrs {
  /** Whether the fourth output, the gradient of the residual, is wanted. */
  readonly residual: boolean;
}

export const batchNormGradOp: Op<BatchNormGradAttrs> = {
  name: "batchNormGrad",
  infer: ([dy, , gamma], { residual }) => [
    { dtype: "f32", shape: dy.shape },
    { dtype: "f32", shape: gamma.shape },
    { dtype: "f32", shape: gamma.shape },
    ...(residual ? [{ dtype: "f32" as const, shape: dy.shape }] : []),
  ],
  flops: ({ inputs: [dy] }) => 11 * sizeOf(dy.shape),
};

/** Gradients [x, gamma, beta] or [x, gamma, beta, residual]. `y` is read only to mask by ReLU. */
export const batchNormGrad = (
  dy: Value,
  x: Value,
  gamma: Value,
  mean: Value,
  variance: Value,
  y: Value,
  { eps, relu }: BatchNormAttrs,
  residual: boolean,
): readonly Value[] =>
  x.graph.apply(batchNormGradOp, [dy, x, gamma, mean, variance, ...(relu ? [y] : [])], {
    eps,
    relu,
    residual,
  });
