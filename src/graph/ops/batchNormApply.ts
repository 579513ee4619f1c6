// Batch normalisation with statistics that are known, by which a training step makes its results again.

import { formatShape, sameShape, sizeOf } from "../../tensor/shape.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import type { NormAttrs } from "../normGrad.js";

export const batchNormApplyOp: Op<NormAttrs> = {
  name: "batchNormApply",
  infer([x, ...others]) {
    expectDtype("batchNormApply", "f32", x, ...others);
    const [residual, perChannel] = [others[4], others.slice(0, 4)];
    const known = x.shape.length === 2 || x.shape.length === 4;
    const fits = known && perChannel.every(({ shape }) => sameShape(shape, [x.shape[1]]));
    if (fits && (!residual || sameShape(residual.shape, x.shape))) return [x];
    throw new RangeError(
      `batchNormApply: ${formatShape(x.shape)} does not fit ` +
        others.map(({ shape }) => formatShape(shape)).join(", "),
    );
  },
  flops: ({ inputs: [x] }) => 2 * sizeOf(x.shape),
};

/**
 * y = activation((x - mean) / sqrt(variance + eps) * gamma + beta + residual): the first output of
 * {@link batchNorm}, to the bit, from the others. `x` and `residual` are [n, c] or [n, c, h, w], the rest [c].
 *
 * @throws RangeError when the shapes do not fit.
 * @example
 * const x = input(new Graph(), "x", [8, 16, 4, 4]);
 * const [gamma, beta] = ["gamma", "beta"].map((name) => read(x.graph, name, [16]));
 * const [, mean, variance] = batchNorm(x, gamma, beta);
 * const attrs = { eps: 1e-5, activation: "none" } as const;
 * batchNormApply([x, gamma, beta, mean, variance], attrs).shape; // [8, 16, 4, 4]
 */
export const batchNormApply = (operands: readonly Value[], attrs: NormAttrs): Value =>
  apply(batchNormApplyOp, operands, attrs);
