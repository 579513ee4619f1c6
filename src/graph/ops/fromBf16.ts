// What `toBf16` stored, as f32 again.

import { apply, type Op, type Value } from "../graph.js";

export const fromBf16Op: Op<Record<string, never>> = {
  name: "fromBf16",
  infer: ([{ shape }]) => [
    { dtype: "f32", shape: [...shape.slice(0, -1), shape[shape.length - 1] / 2] },
  ],
};

/**
 * The numbers that `toBf16` stored, rounded to 8 bits of precision.
 *
 * @example
 * const graph = new Graph();
 * graph.output("y", fromBf16(toBf16(input(graph, "x", [2]))));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const { y } = await program.run({ inputs: { x: Float32Array.of(1.5, 1.001) } });
 * [...y]; // [1.5, 1]
 */
export const fromBf16 = (stored: Value): Value => apply(fromBf16Op, [stored], {});
