// From integers to numbers: labels and stored images.

import { expectWhole, MOST_ELEMENTS } from "../expect.js";
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

export const oneHotOp: Op<{ readonly classes: number }> = {
  name: "oneHot",
  infer([labels], { classes }) {
    if (labels.dtype !== "i32") throw new RangeError(`oneHot: expected i32, found ${labels.dtype}`);
    expectWhole("oneHot", "classes", classes, 1, MOST_ELEMENTS);
    return [{ dtype: "f32", shape: [...labels.shape, classes] }];
  },
  flops: () => 0,
};

/**
 * Labels i32 of shape s to f32 of shape [...s, classes]; a label out of range gives a row of zeros.
 *
 * @throws RangeError for labels that are not i32.
 * @example
 * oneHot(input(new Graph(), "labels", [64], "i32"), 10).shape; // [64, 10]
 */
export const oneHot = (labels: Value, classes: number): Value =>
  apply(oneHotOp, [labels], { classes });
