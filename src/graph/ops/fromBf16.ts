// What `toBf16` stored, as f32 again.

import { formatShape } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";

export const fromBf16Op: Op<Record<string, never>> = {
  name: "fromBf16",
  infer([stored]) {
    const { dtype, shape } = stored;
    if (dtype !== "u8" || shape.length === 0 || shape[shape.length - 1] % 2 !== 0) {
      throw new RangeError(
        `fromBf16: expected u8 with an even number along the last axis, found ${dtype} ${formatShape(shape)}`,
      );
    }
    return [{ dtype: "f32", shape: [...shape.slice(0, -1), shape[shape.length - 1] / 2] }];
  },
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
