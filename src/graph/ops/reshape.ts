// The same elements in row-major order under another shape.

import { formatShape, type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";

export const reshapeOp: Op<{ readonly shape: readonly number[] }> = {
  name: "reshape",
  infer([x], { shape }) {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new RangeError(
        `reshape: ${formatShape(x.shape)} has not the size of ${formatShape(shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape }];
  },
  gradient: ({ inputs: [x] }, [dy]) => [reshape(dy!, x.shape)],
  flops: () => 0,
};

/**
 * `x` with another shape of the same size; one axis may be -1 to be worked out.
 *
 * @throws RangeError when the sizes differ.
 * @example
 * reshape(input(new Graph(), "x", [8, 16, 5, 5]), [8, -1]).shape; // [8, 400]
 */
export function reshape(x: Value, shape: Shape): Value {
  const known = sizeOf(shape.filter((size) => size !== -1));
  const full = shape.map((size) => (size === -1 ? sizeOf(x.shape) / known : size));
  return sameShape(x.shape, full) ? x : apply(reshapeOp, [x], { shape: full });
}
