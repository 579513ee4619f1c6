// Batch normalisation with the statistics of the batch (Ioffe and Szegedy 2015, arXiv 1502.03167),
// over axis 1 of [n, c] or [n, c, h, w]. The fusion pass moves a following residual sum and activation
// into it: y = activation((x - mean) / sqrt(variance + eps) * gamma + beta + residual).

import { formatShape, sameShape, sizeOf } from "../../tensor/shape.js";
import type { Activation } from "../activation.js";
import { expectDtype } from "../expect.js";
import type { Op, Value } from "../graph.js";
import type { NormAttrs } from "../normGrad.js";
import { batchNormApply } from "./batchNormApply.js";
import { batchNormGrad } from "./batchNormGrad.js";

export type BatchNormAttrs = NormAttrs;

/** What {@link batchNorm} and {@link groupNorm} do besides. */
export interface NormOptions {
  /** Added to the variance; default 1e-5. */
  readonly eps?: number;
  /** Added to the normalised values; of their shape. */
  readonly residual?: Value;
  /** Behind all that; default "none". */
  readonly activation?: Activation;
}

export const batchNormOp: Op<BatchNormAttrs> = {
  name: "batchNorm",
  infer([x, gamma, beta, residual]) {
    expectDtype("batchNorm", "f32", x, gamma, beta, residual);
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
  gradient({ inputs: [x, gamma, beta, residual], outputs, attrs }, [dy]) {
    if (!dy) return [];
    const [y, mean, variance] = outputs;
    return [...batchNormGrad(dy, x, gamma, beta, mean, variance, attrs, residual && y)];
  },
  again: ([x, gamma, beta, ...residual], statistics, attrs) =>
    batchNormApply([x, gamma, beta, ...statistics, ...residual], attrs),
  flops: ({ inputs: [x] }) => 7 * sizeOf(x.shape),
};

/**
 * Each channel (axis 1) of [n, c] or [n, c, h, w] brought to mean `beta` and std `gamma`, both [c].
 * Outputs [y, mean, variance]; the variance is the biased one that normalises the batch. `eps` is 1e-5 by
 * default; `residual`, of the shape of `x`, and then an `activation` are applied on demand.
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
  options: NormOptions = {},
): readonly Value[] =>
  x.graph.apply(
    batchNormOp,
    options.residual ? [x, gamma, beta, options.residual] : [x, gamma, beta],
    { eps: options.eps ?? 1e-5, activation: options.activation ?? "none" },
  );
