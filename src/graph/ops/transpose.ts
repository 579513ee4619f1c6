// Reordering of axes.

import { normaliseAxes } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";

export const transposeOp: Op<{ readonly order: readonly number[] }> = {
  name: "transpose",
  infer([x], { order }) {
    if (order.length !== x.shape.length) {
      throw new RangeError(`transpose: order [${order}] has not the rank ${x.shape.length}`);
    }
    normaliseAxes(order, x.shape.length);
    return [{ dtype: x.dtype, shape: order.map((axis) => x.shape[axis]) }];
  },
  gradient: ({ attrs: { order } }, [dy]) => [
    transpose(
      dy!,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
  flops: () => 0,
};

/**
 * Axis `i` of the result is axis `order[i]` of `x`.
 *
 * @throws RangeError when `order` does not name every axis once.
 * @example
 * transpose(input(new Graph(), "x", [8, 3, 32, 32]), [0, 2, 3, 1]).shape; // [8, 32, 32, 3]
 */
export const transpose = (x: Value, order: readonly number[]): Value =>
  apply(transposeOp, [x], { order });
