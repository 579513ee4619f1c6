// A box cut out of a tensor.

import { formatShape, type Shape } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";
import { pad } from "./pad.js";

export const sliceOp: Op<{
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
}> = {
  name: "slice",
  infer([x], { starts, sizes }) {
    const fits = x.shape.every(
      (size, axis) =>
        Number.isInteger(starts[axis]) &&
        Number.isInteger(sizes[axis]) &&
        starts[axis] >= 0 &&
        sizes[axis] > 0 &&
        starts[axis] + sizes[axis] <= size,
    );
    if (starts.length !== x.shape.length || sizes.length !== x.shape.length || !fits) {
      throw new RangeError(
        `slice: ${formatShape(sizes)} at ${formatShape(starts)} is not inside ${formatShape(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: sizes }];
  },
  gradient: ({ inputs: [x], attrs: { starts, sizes } }, [dy]) => [
    pad(
      dy!,
      starts,
      x.shape.map((size, axis) => size - starts[axis] - sizes[axis]),
    ),
  ],
  flops: () => 0,
};

/**
 * The box of `sizes` elements that begins at `starts`.
 *
 * @throws RangeError when the box is not inside.
 * @example
 * slice(input(new Graph(), "x", [4, 6]), [1, 0], [2, 6]).shape; // [2, 6]
 */
export const slice = (x: Value, starts: readonly number[], sizes: Shape): Value =>
  apply(sliceOp, [x], { starts, sizes });
