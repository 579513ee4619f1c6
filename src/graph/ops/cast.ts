// Integers to f32, for images and labels.

import { apply, type Op, type Value } from "../graph.js";

export const castOp: Op<Record<string, never>> = {
  name: "cast",
  infer([x]) {
    if (x.dtype === "f32") throw new RangeError("cast: expected i32 or u8, found f32");
    return [{ dtype: "f32", shape: x.shape }];
  },
  flops: () => 0,
};

/** The same numbers as f32. */
export const cast = (x: Value): Value => (x.dtype === "f32" ? x : apply(castOp, [x], {}));
