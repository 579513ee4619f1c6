// Group normalisation (Wu and He 2018, arXiv 1803.08494): the channels of each image, axis 1 of [n, c] or
// [n, c, h, w], in groups that are normalised by their own statistics. The fusion pass moves a following
// residual sum and activation into it, as into batch normalisation.

import { formatShape, sameShape, sizeOf } from "../../tensor/shape.js";
import { expectDtype, expectWhole } from "../expect.js";
import type { Op, Value } from "../graph.js";
import type { NormAttrs } from "../normGrad.js";
import type { NormOptions } from "./batchNorm.js";
import { groupNormGrad } from "./groupNormGrad.js";

export interface GroupNormAttrs extends NormAttrs {
  readonly groups: number;
}

export const groupNormOp: Op<GroupNormAttrs> = {
  name: "groupNorm",
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
