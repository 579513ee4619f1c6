// Class numbers as rows of an identity matrix.

import { expectWhole, MOST_ELEMENTS } from "../expect.js";
import type { Op, Value } from "../graph.js";
import { apply } from "../graph.js";

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
