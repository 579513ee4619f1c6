// What a net's weights count as, by its passes.

import { settled } from "../compress/index.js";
import { hideWeights, type PassRecord } from "../compress/passes/index.js";
import type { Model } from "../models/index.js";
import { build, type Net } from "../nn/index.js";

/**
 * All parameters of a net with weights as what they count as; see {@link settled}.
 *
 * @param model with the passes that its nets are changed by
 * @param passes what is kept of these
 */
export function settledWeights(
  { layer, input, passes: changes = [] }: Model,
  passes: readonly PassRecord[] | undefined,
  w: Float32Array,
): Float32Array {
  if (!hideWeights(passes)) return w;
  const options = { training: false };
  const built: Net = build(layer, [1, ...input], options);
  return settled(
    changes.reduce((net, pass) => pass(net, options), built),
    w,
  );
}
