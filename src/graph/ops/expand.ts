// Broadcasting made explicit: the gradient of a sum.

import { broadcastShapes, formatShape, type Shape, sameShape } from "../../tensor/shape.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { sumTo } from "../pointwise.js";

export const expandOp: Op<{ readonly shape: readonly number[] }> = {
  name: "expand",
  pointwise: true,
  infer([x], { shape }) {
    expectDtype("expand", "f32", x);
    if (!sameShape(broadcastShapes(x.shape, shape), shape)) {
      throw new RangeError(`expand: ${formatShape(x.shape)} does not fill ${formatShape(shape)}`);
    }
    return [{ dtype: "f32", shape }];
  },
  gradient: ({ inputs: [x] }, [dy]) => [sumTo(dy!, x)],
  flops: () => 0,
};

/**
 * `x` repeated along broadcast axes to `shape`.
 *
 * @throws RangeError when an axis is neither 1 nor of the target's size.
 * @example
 * expand(input(new Graph(), "x", [16, 1]), [8, 16, 4]).shape; // [8, 16, 4]
 */
export function expand(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape });
}
