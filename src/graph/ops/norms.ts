// How large a value is: statistics, in one pass over memory and in double precision.

import { apply, type Op, type Value } from "../graph.js";

export const normsOp: Op<Record<string, never>> = {
  name: "norms",
  infer: ([{ dtype }]) => {
    if (dtype !== "f32") throw new RangeError(`norms: expected f32, found ${dtype}`);
    return [{ dtype: "f32", shape: [2] }];
  },
};

/**
 * The sum of the magnitudes of all elements, and that of their squares, [2]. No gradient flows.
 *
 * @throws RangeError unless `x` is f32.
 * @example
 * norms(input(new Graph(), "x", [8, 16, 32, 32])).shape; // [2]
 */
export const norms = (x: Value): Value => apply(normsOp, [x], {});
