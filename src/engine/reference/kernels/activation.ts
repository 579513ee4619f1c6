// The activation that an op applies to its result.

import type { Activation } from "../../../graph/activation.js";
import { pointwiseFunctions } from "./pointwise.js";

/** `values` behind the activation; themselves when there is none. */
export function activated(activation: Activation, values: Float64Array): Float64Array {
  if (activation === "none") return values;
  const compute = pointwiseFunctions[activation];
  return values.map((value) => compute(value));
}

/** The slope of the activation where its result is `y`. */
export const slopeOf: Readonly<Record<Activation, (y: number) => number>> = {
  none: () => 1,
  relu: (y) => (y > 0 ? 1 : 0),
  relu6: (y) => (y > 0 && y < 6 ? 1 : 0),
};
