// A number that a run binds by name: learning rate, coupling strength.

import type { Graph, Op, Value } from "../graph.js";

export const scalarOp: Op<{ readonly name: string }> = {
  name: "scalar",
  infer: () => [{ dtype: "f32", shape: [] }],
  flops: () => 0,
};

/**
 * A named run-time scalar of shape [].
 *
 * @example
 * const graph = new Graph();
 * graph.output("half", mul(scalar(graph, "lr"), constant(graph, 0.5)));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ scalars: { lr: 3 } })).half]; // [1.5]
 */
export function scalar(graph: Graph, name: string): Value {
  return graph.apply(scalarOp, [], { name })[0];
}
