// What an op does to its result in the same pass, when the fusion pass has moved it there.

import type { Value } from "./graph.js";
import { relu6Slope, reluSlope } from "./ops/activations.js";
import { mul } from "./ops/pointwise.js";

/** An activation by the name of its op, or "none". */
export type Activation = "none" | "relu" | "relu6";

const slopes: Readonly<Record<Activation, ((y: Value) => Value) | undefined>> = {
  none: undefined,
  relu: reluSlope,
  relu6: relu6Slope,
};

/** Whether an op's name is that of an activation. */
export const isActivation = (name: string): name is Activation =>
  name !== "none" && Object.hasOwn(slopes, name);

/** The gradient in front of an activation, from the one behind it, `dy`, and its result, `y`. */
export const beforeActivation = (activation: Activation, dy: Value, y: Value): Value => {
  const slope = slopes[activation];
  return slope ? mul(dy, slope(y)) : dy;
};
