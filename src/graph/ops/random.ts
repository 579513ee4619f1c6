// Uniform random numbers in [0, 1) from the counter-based generator: a function of the run's key,
// this node's stream number and the element's index, so every engine draws the same numbers.

import type { Shape } from "../../tensor/shape.js";
import { expectWhole } from "../expect.js";
import type { Graph, Op, Value } from "../graph.js";

export const uniformOp: Op<{ readonly shape: readonly number[]; readonly stream: number }> = {
  name: "uniform",
  infer(_, { shape, stream }) {
    expectWhole("uniform", "stream", stream, 0, 2 ** 32 - 1);
    return [{ dtype: "f32", shape }];
  },
};

/**
 * Uniform numbers in [0, 1), f32 of `shape`: functions of the run's key, `stream` and the element's index,
 * as in {@link Random}. Nodes with different streams are independent.
 *
 * @example
 * const graph = new Graph();
 * graph.output("y", uniform(graph, [2], 0));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const key = { seed: 1, purpose: "dropout" } as const;
 * const { y } = await program.run({ key });
 * const random = new Random(key);
 * y[0] === random.uniform(); // true
 */
export const uniform = (graph: Graph, shape: Shape, stream: number): Value =>
  graph.apply(uniformOp, [], { shape, stream })[0];
