// Numbers in 16 bits, for values that are only stored: the upper half of an f32, which keeps its range and
// 8 bits of precision. Nearest, ties to even.

import { apply, type Op, type Value } from "../graph.js";

export const toBf16Op: Op<Record<string, never>> = {
  name: "toBf16",
  infer: ([{ dtype, shape }]) => {
    if (dtype !== "f32" || shape.length === 0) {
      throw new RangeError(`toBf16: expected f32 with an axis, found ${dtype}`);
    }
    return [{ dtype: "u8", shape: [...shape.slice(0, -1), 2 * shape[shape.length - 1]] }];
  },
};

/**
 * The numbers of `x` as bfloat16, two bytes each: u8 with a last axis twice as long. Only `fromBf16` can
 * read them, as an engine stores them in the order that suits it.
 *
 * @throws RangeError unless `x` is f32 and has an axis.
 * @example
 * toBf16(input(new Graph(), "x", [8, 16])).shape; // [8, 32]
 */
export const toBf16 = (x: Value): Value => apply(toBf16Op, [x], {});
