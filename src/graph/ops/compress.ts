// Images under a bound of their error in a slot of fixed size, for values that are only stored: the lossy
// compression of COMET (Jin et al. 2021, arXiv 2111.09562). See src/tensor/compression/.

import { sizeOf } from "../../tensor/shape.js";
import { expectWhole } from "../expect.js";
import type { Op, Value } from "../graph.js";

interface CompressAttrs extends Record<string, number> {
  readonly capacity: number;
}

/** What the second output of {@link compress} tells, in this order. */
export const compressReport = ["bound", "doublings", "bytes", "nonzeros"] as const;

/** A container counts its numbers and bytes in 32 bits. */
const MOST = 2 ** 31;

export const compressOp: Op<CompressAttrs> = {
  name: "compress",
  infer: ([x, bound], { capacity }) => {
    expectWhole("compress", "capacity", capacity, 1, MOST);
    if (x.dtype !== "f32" || bound.dtype !== "f32" || bound.shape.join() !== "1") {
      throw new RangeError("compress: expected f32 and a bound, f32 [1]");
    }
    if (sizeOf(x.shape) > MOST) throw new RangeError("compress: expected at most 2^31 numbers");
    return [
      { dtype: "u8", shape: [capacity] },
      { dtype: "f32", shape: [compressReport.length] },
    ];
  },
};

/**
 * The numbers of `x` in `capacity` bytes, u8 [capacity], each with an error of at most `bound`, f32 [1];
 * and a report, f32 [4]: the bound that holds, how often it was doubled because the numbers would not fit
 * otherwise, the bytes in use, and how many numbers are not 0. A bound of 0 stands for the smallest that
 * fits, or nearly. Only `restore` can read them, as an engine stores them in the order that suits it.
 *
 * @throws RangeError unless `x` and the bound are f32, and `x` and the capacity at most 2^31. The engine refuses a capacity that not even zeros
 * would fit in.
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [8, 16, 32, 32]);
 * const [stored, report] = compress(x, input(graph, "bound", [1]), 65536);
 * [stored.shape, report.shape]; // [[65536], [4]]
 */
export const compress = (x: Value, bound: Value, capacity: number): readonly Value[] =>
  x.graph.apply(compressOp, [x, bound], { capacity });
