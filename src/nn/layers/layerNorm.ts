// Layer normalisation (Ba, Kiros and Hinton 2016, arXiv 1607.06450).

import { add, constant, div, mul, reduceSum, sqrt, sub, type Value } from "../../graph/index.js";
import type { Layer } from "../scope.js";
import { affine, affineParams } from "./perChannel.js";

/** (x - mean) / sqrt(variance + eps), with the (biased) moments over the channels. */
function standardise(x: Value, eps: number): Value {
  const share = constant(x.graph, 1 / x.shape[1]);
  const mean = (value: Value) => mul(reduceSum(value, [1], true), share);
  const centred = sub(x, mean(x));
  const std = sqrt(add(mean(mul(centred, centred)), constant(x.graph, eps)));
  return mul(centred, div(constant(x.graph, 1), std));
}

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
    affine(standardise(x, eps), affineParams(x, scope));
