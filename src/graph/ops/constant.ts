// A number known when the graph is built.

import type { Graph, Op, Value } from "../graph.js";

export const constantOp: Op<{ readonly value: number }> = {
  name: "constant",
  pointwise: true,
  infer: () => [{ dtype: "f32", shape: [] }],
  flops: () => 0,
};

/** A scalar constant of shape []. */
export function constant(graph: Graph, value: number): Value {
  return graph.apply(constantOp, [], { value })[0];
}
