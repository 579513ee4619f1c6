// Stores a value into a bound vector. The only op with an effect; a run performs every write, in
// order. Every `read` of a run, wherever it stands, sees the elements from before the run.

import { sizeOf } from "../../tensor/shape.js";
import type { Op, Value } from "../graph.js";

export const writeOp: Op<{ readonly vector: string; readonly offset: number }> = {
  name: "write",
  infer: ([value]) => {
    if (value.dtype !== "f32") throw new RangeError(`write: expected f32, found ${value.dtype}`);
    return [];
  },
  flops: () => 0,
};

/**
 * Stores `value`, f32, at elements `[offset, offset + size)` of the vector bound as `vector` at the end of
 * a run; offset 0 by default.
 *
 * @throws RangeError for an empty value or one that is not f32.
 * @example
 * const w = read(new Graph(), "w", [4]);
 * write("w", mul(w, constant(w.graph, 0.5)));
 * const engine = await createEngine({ engine: "reference" });
 * const vector = engine.vector(4);
 * await vector.write([2, 4, 6, 8]);
 * await (await engine.compile(w.graph)).run({ vectors: { w: vector } });
 * [...(await vector.read())]; // [1, 2, 3, 4]
 */
export function write(vector: string, value: Value, offset = 0): void {
  if (sizeOf(value.shape) === 0) throw new RangeError("write: empty value");
  value.graph.apply(writeOp, [value], { vector, offset });
}
