// Normalisation: by the statistics of the batch, and by those of groups of channels.

import { formatShape, sameShape, sizeOf } from "../../tensor/shape.js";
import type { Activation } from "../activation.js";
import { expectDtype, expectWhole } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { type NormAttrs, normGradOp, normGradOperands } from "../normGrad.js";

// Batch normalisation with the statistics of the batch (Ioffe and Szegedy 2015, arXiv 1502.03167),
// over axis 1 of [n, c] or [n, c, h, w]. The fusion pass moves a following residual sum and activation
// into it: y = activation((x - mean) / sqrt(variance + eps) * gamma + beta + residual).

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
  takesHalf: true,
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

// Batch normalisation with statistics that are known, by which a training step makes its results again.

export const batchNormApplyOp: Op<NormAttrs> = {
  name: "batchNormApply",
  takesHalf: true,
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

// The gradient of batch normalisation, through the batch's statistics. With an activation the incoming
// gradient is first multiplied with its slope, and that product is the residual's.

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

// Group normalisation (Wu and He 2018, arXiv 1803.08494): the channels of each image, axis 1 of [n, c] or
// [n, c, h, w], in groups that are normalised by their own statistics. The fusion pass moves a following
// residual sum and activation into it, as into batch normalisation.

export interface GroupNormAttrs extends NormAttrs {
  readonly groups: number;
}

export const groupNormOp: Op<GroupNormAttrs> = {
  name: "groupNorm",
  takesHalf: true,
  infer([x, gamma, beta, residual], { groups }) {
    expectDtype("groupNorm", "f32", x, gamma, beta, residual);
    const [batch, channels] = x.shape;
    if (
      (x.shape.length !== 2 && x.shape.length !== 4) ||
      !sameShape(gamma.shape, [channels]) ||
      !sameShape(beta.shape, [channels]) ||
      (residual && !sameShape(residual.shape, x.shape))
    ) {
      throw new RangeError(
        `groupNorm: ${formatShape(x.shape)} with scale ${formatShape(gamma.shape)} and shift ${formatShape(beta.shape)} do not fit`,
      );
    }
    expectWhole("groupNorm", "groups", groups, 1, channels);
    if (channels % groups !== 0) {
      throw new RangeError(`groupNorm: ${groups} groups do not divide ${channels} channels`);
    }
    const perGroup = { dtype: "f32", shape: [batch, groups] } as const;
    return [{ dtype: "f32", shape: x.shape }, perGroup, perGroup];
  },
  gradient({ inputs: [x, gamma, beta, residual], outputs, attrs }, [dy]) {
    if (!dy) return [];
    const [y, mean, variance] = outputs;
    return [...groupNormGrad(dy, x, gamma, beta, mean, variance, attrs, residual && y)];
  },
  flops: ({ inputs: [x] }) => 7 * sizeOf(x.shape),
};

/**
 * Each of `groups` groups of adjacent channels (axis 1) of each image [n, c] or [n, c, h, w] brought to mean
 * 0 and std 1, then times `gamma` plus `beta`, both [c]. Outputs [y, mean, variance], the last two
 * [n, groups]; the variance is the biased one. `eps` is 1e-5 by default; `residual`, of the shape of `x`, and
 * then an `activation` are applied on demand.
 *
 * @throws RangeError when the shapes do not fit or the groups do not divide the channels.
 * @example
 * const x = input(new Graph(), "x", [8, 16, 4, 4]);
 * const [gamma, beta] = ["gamma", "beta"].map((name) => read(x.graph, name, [16]));
 * const [y, mean, variance] = groupNorm(x, 4, gamma, beta);
 * [y.shape, mean.shape, variance.shape]; // [[8, 16, 4, 4], [8, 4], [8, 4]]
 */
export const groupNorm = (
  x: Value,
  groups: number,
  gamma: Value,
  beta: Value,
  options: NormOptions = {},
): readonly Value[] =>
  x.graph.apply(
    groupNormOp,
    options.residual ? [x, gamma, beta, options.residual] : [x, gamma, beta],
    { groups, eps: options.eps ?? 1e-5, activation: options.activation ?? "none" },
  );

// The gradient of group normalisation, through the statistics of the groups. With an activation the incoming
// gradient is first multiplied with its slope, and that product is the residual's.

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
