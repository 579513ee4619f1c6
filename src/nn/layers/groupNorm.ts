// Group normalisation (Wu and He 2018, arXiv 1803.08494): no statistics of the batch, so it behaves
// the same at any batch size, in training and after.

import { reshape } from "../../graph/index.js";
import type { Layer } from "../scope.js";
import { affine, affineParams } from "./perChannel.js";
import { standardise } from "./standardise.js";

/**
 * Normalises groups of channels of each image [n, c, h, w]. Parameters `scale`, `shift` [c]; `eps`, by
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
    const [batch, channels] = x.shape;
    if (channels % groups !== 0) {
      throw new RangeError(`groupNorm: ${groups} groups do not divide ${channels} channels`);
    }
    const grouped = standardise(reshape(x, [batch, groups, -1]), [2], eps);
    return affine(reshape(grouped, x.shape), affineParams(x, scope));
  };
