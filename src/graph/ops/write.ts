// Stores a value into a bound vector. The only op with an effect; a run performs every write, in
// order. Every `read` of a run, wherever it stands, sees the elements from before the run.

import { sizeOf } from "../../tensor/shape.js";
import { expectDtype, expectWhole } from "../expect.js";
import type { Op, Value } from "../graph.js";
import { MOST_OFFSET } from "./read.js";

export const writeOp: Op<{ readonly vector: string; readonly offset: number }> = {
  name: "write",
  infer([value], { vector, offset }) {
    expectDtype("write", "f32", value);
    expectWhole(`write to "${vector}"`, "offset", offset, 0, MOST_OFFSET);
    return [];
  },
  flops: () => 0,
};

/**
 * Stores `value`, f32, at elements `[offset, offset + size)` of the vector bound as `vector` at the end of
 * a run; offset 0 by default.
 *
 * @throws RangeError for an empty value or one that is not f32, and an offset that is no whole number from 0 on.
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
