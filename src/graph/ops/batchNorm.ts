// Batch normalisation with the statistics of the batch (Ioffe and Szegedy 2015, arXiv 1502.03167),
// over axis 1 of [n, c] or [n, c, h, w]. The fusion pass moves a following residual sum and ReLU
// into it: y = relu((x - mean) / sqrt(variance + eps) * gamma + beta + residual).

import { formatShape, sameShape, sizeOf } from "../../tensor/shape.js";
import type { Op, Value } from "../graph.js";
import { batchNormGrad } from "./batchNormGrad.js";

export interface BatchNormAttrs extends Record<string, number | boolean> {
  readonly eps: number;
  readonly relu: boolean;
}

export const batchNormOp: Op<BatchNormAttrs> = {
  name: "batchNorm",
  infer([x, gamma, beta, residual]) {
    const channels = x.shape[1];
    if (
      (x.shape.length !== 2 && x.shape.length !== 4) ||
      !sameShape(gamma.shape, [channels]) ||
      !sameShape(beta.shape, [channels]) ||
      (residual && !sameShape(residual.shape, x.shape))
    ) {
      throw new RangeError(
        `batchNorm: ${formatShape(x.shape)} with scale ${formatShape(gamma.shape)} and shift ${formatShape(beta.shape)} do not fit`,
      );
    }
    const perChannel = { dtype: "f32", shape: [channels] } as const;
    return [{ dtype: "f32", shape: x.shape }, perChannel, perChannel];
  },
  gradient({ inputs: [x, gamma, , residual], outputs: [y, mean, variance], attrs }, [dy]) {
    if (!dy) return [];
    const grads = batchNormGrad(dy, x, gamma, mean, variance, y, attrs, residual !== undefined);
    return [...grads];
  },
  flops: ({ inputs: [x] }) => 7 * sizeOf(x.shape),
};

/**
 * Each channel (axis 1) of [n, c] or [n, c, h, w] brought to mean `beta` and deviation `gamma`, both [c].
 * Outputs [y, mean, variance]; the variance is the biased one that normalises the batch. `eps` is 1e-5 by
 * default; `residual`, of the shape of `x`, and then ReLU are applied on demand.
 *
 * @throws RangeError when the shapes do not fit.
 * @example
 * const x = input(new Graph(), "x", [8, 16, 4, 4]);
 * const [gamma, beta] = ["gamma", "beta"].map((name) => read(x.graph, name, [16]));
 * const [y, mean, variance] = batchNorm(x, gamma, beta);
 * [y.shape, mean.shape, variance.shape]; // [[8, 16, 4, 4], [16], [16]]
 */
export const batchNorm = (
  x: Value,
  gamma: Value,
  beta: Value,
  options: { readonly eps?: number; readonly relu?: boolean; readonly residual?: Value } = {},
): readonly Value[] =>
  x.graph.apply(
    batchNormOp,
    options.residual ? [x, gamma, beta, options.residual] : [x, gamma, beta],
    { eps: options.eps ?? 1e-5, relu: options.relu ?? false },
  );
