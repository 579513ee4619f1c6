// What `compress` stored, as f32 again.

import type { Shape } from "../../tensor/shape.js";
import { expectBytes } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";

interface RestoreAttrs extends Record<string, readonly number[]> {
  readonly shape: readonly number[];
}

export const restoreOp: Op<RestoreAttrs> = {
  name: "restore",
  infer([stored], { shape }) {
    expectBytes("restore", stored);
    return [{ dtype: "f32", shape }];
  },
};

/**
 * The numbers that `compress` stored, of the shape that they had. A run whose bytes are none of that
 * fails.
 *
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [4]);
 * const [stored] = compress(x, input(graph, "bound", [1]), 128);
 * graph.output("y", restore(stored, [4]));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const inputs = { x: Float32Array.of(0, 1, 2.2, 7), bound: Float32Array.of(0.25) };
 * const { y } = await program.run({ inputs });
 * y.every((value, at) => Math.abs(value - inputs.x[at]) <= 0.25); // true
 */
export const restore = (stored: Value, shape: Shape): Value =>
  apply(restoreOp, [stored], { shape });
