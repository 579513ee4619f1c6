// Group normalisation (Wu and He 2018, arXiv 1803.08494): no statistics of the batch, so it behaves
// the same at any batch size, in training and after.

import { groupNorm as groupNormOp } from "../../graph/index.js";
import type { Layer } from "../scope.js";
import { affineParams } from "./perChannel.js";

/**
 * Normalises groups of channels of each image [n, c, h, w] or row [n, c]. Parameters `scale`, `shift` [c]; `eps`, by
 * default 1e-5, is added to the variance. One group is layer normalisation over the image, c groups
 * are instance normalisation.
 *
 * @throws RangeError when the groups do not divide the channels.
 * @example
 * build(groupNorm(4), [8, 16, 5, 5], { training: true }).layout.length; // 32
 */
export const groupNorm =
  (groups: number, { eps = 1e-5 }: { readonly eps?: number } = {}): Layer =>
  (x, scope) => {
    const { scale, shift } = affineParams(x, scope);
    return groupNormOp(x, groups, scale, shift, { eps })[0];
  };
