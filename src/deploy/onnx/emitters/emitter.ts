// What every family of emitters shares.

import type { Activation, Node } from "../../../graph/index.js";
import type { Emission } from "../emission.js";

/** Writes what a node computes, and gives the name of its first output. */
export type Emitter = (node: Node, to: Emission) => string;

/** Why no ONNX graph has an op, in words. */
export interface Refusal {
  readonly refused: string;
}

const activations: Readonly<Record<Activation, (x: string, to: Emission) => string>> = {
  none: (x) => x,
  relu: (x, to) => to.node("Relu", [x]),
  relu6: (x, to) => to.node("Clip", [x, to.constant("f32", 0), to.constant("f32", 6)]),
};

/** What is done to a result in the same node of ours: a residual added, and then an activation. */
export function finish(
  x: string,
  { inputs, attrs }: Node,
  to: Emission,
  residualAt: number,
): string {
  const residual = inputs[residualAt];
  const sum = residual ? to.node("Add", [x, to.name(residual)]) : x;
  return activations[(attrs["activation"] ?? "none") as Activation](sum, to);
}
