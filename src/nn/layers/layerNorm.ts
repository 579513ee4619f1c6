// Layer normalisation (Ba, Kiros and Hinton 2016, arXiv 1607.06450).

import type { Layer } from "../scope.js";
import { affine, affineParams } from "./perChannel.js";
import { standardise } from "./standardise.js";

/**
 * Normalises the features (axis 1): each row of [n, c], each pixel of [n, c, h, w].
 * Parameters `scale`, `shift` [c]; `eps`, by default 1e-5, is added to the variance.
 *
 * @example
 * build(layerNorm(), [8, 16], { training: true }).output.shape; // [8, 16]
 */
export const layerNorm =
  ({ eps = 1e-5 }: { readonly eps?: number } = {}): Layer =>
  (x, scope) =>
    affine(standardise(x, [1], eps), affineParams(x, scope));
