// Losses over what is known of an image, where some of its labels may not be.

import { constant, div, max, mul, reduceSum, type Value } from "../graph/index.js";

/**
 * The mean of `losses` [n, k] over the places that `known` [n, k] marks with 1, for each image [n]; 0 where nothing
 * is known.
 */
export function meanOfKnown(losses: Value, known: Value): Value {
  const count = max(reduceSum(known, [1]), constant(losses.graph, 1));
  return div(reduceSum(mul(losses, known), [1]), count);
}
