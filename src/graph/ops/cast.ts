// From one element type to another: labels and stored images to numbers, numbers to fewer bits.

import { type DType, dtypes } from "../../tensor/dtype.js";
import { expectOneOf, expectWhole, MOST_ELEMENTS } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";

export const castOp: Op<{ readonly dtype: string }> = {
  name: "cast",
  takesAll: true,
  infer([x], { dtype }) {
    expectOneOf("cast", "element type", dtype, dtypes);
    if (x.dtype === dtype) throw new RangeError(`cast: from ${dtype} to ${dtype}`);
    return [{ dtype: dtype as DType, shape: x.shape }];
  },
  flops: () => 0,
};

/**
 * The same numbers in another element type, f32 by default. Whole ones are cut off towards zero and stay within the
 * range of their type, so that 300 becomes 127 as i8, and NaN 0; put a `round` in front to get the nearest. A bf16 is the
 * nearest one, of two equally near ones the even; NaN stays NaN. i32 becomes an f32 first.
 *
 * @example
 * const graph = new Graph();
 * graph.output("y", cast(input(graph, "x", [4]), "i8"));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const { y } = await program.run({ inputs: { x: Float32Array.of(1.9, -1.9, 300, NaN) } });
 * [...y]; // [1, -1, 127, 0]
 */
export const cast = (x: Value, dtype: DType = "f32"): Value =>
  x.dtype === dtype ? x : apply(castOp, [x], { dtype });

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
