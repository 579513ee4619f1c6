// The linear layer that gives a net's outputs.

import type { Value } from "../graph/index.js";
import type { Net } from "./net.js";

/** A last layer: name of its weights, and the features [n, features] that it weighs. */
export interface LastLinear {
  readonly weights: string;
  readonly features: Value;
}

/** The linear layer, with weights of its own, that a net ends in; `undefined` for a net that ends otherwise. */
export function lastLinear({ output, params }: Net): LastLinear | undefined {
  const { op, attrs, inputs } = output.node;
  if (op.name !== "matmul" || attrs["transposeB"] !== true) return undefined;
  const found = [...params].find(([, value]) => value === inputs[1]);
  return found && { weights: found[0], features: inputs[0] };
}
