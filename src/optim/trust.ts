// The trust ratio of LARS and LAMB: how long a layer's step may be for the length of its weights.

import { constant, mul, select, step, type Value } from "../graph/index.js";
import type { RuleInput } from "./optimizer.js";

/**
 * `ratio` for the layers that are adapted: not biases and norms, and none where a norm, of the weights or of
 * the change, is 0. For all others 1.
 */
export function trusted(
  { decayMask }: RuleInput,
  ratio: Value,
  weights: Value,
  change: Value,
): Value {
  const adapted = mul(decayMask, mul(step(weights), step(change)));
  return select(adapted, ratio, constant(ratio.graph, 1));
}
