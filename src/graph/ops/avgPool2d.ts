// Average pooling. Padding counts as zeros in the average unless `countPadding` is false.

import { sizeOf } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";
import { avgPool2dGrad } from "./avgPool2dGrad.js";
import { type PoolAttrs, type PoolOptions, pooled, poolWindow } from "./maxPool2d.js";

export interface AvgPoolAttrs extends PoolAttrs {
  readonly countPadding: boolean;
}

export const avgPool2dOp: Op<AvgPoolAttrs> = {
  name: "avgPool2d",
  infer([x], attrs) {
    return [{ dtype: "f32", shape: pooled("avgPool2d", x, attrs) }];
  },
  gradient: ({ inputs: [x], attrs }, [dy]) => [avgPool2dGrad(dy!, x.shape, attrs)],
  flops: ({ outputs: [y], attrs: { kernel } }) => sizeOf(y.shape) * sizeOf(kernel),
};

/**
 * Mean of each window of images [n, c, h, w]. `countPadding`, by default true, takes padding for zeros;
 * else only real pixels count.
 *
 * @throws RangeError when the window does not fit or sees padding only.
 * @example
 * const x = input(new Graph(), "x", [8, 16, 32, 32]);
 * avgPool2d(x, { kernel: 2 }).shape; // [8, 16, 16, 16]
 */
export const avgPool2d = (
  x: Value,
  options: PoolOptions & { readonly countPadding?: boolean },
): Value =>
  apply(avgPool2dOp, [x], {
    ...poolWindow(options),
    countPadding: options.countPadding ?? true,
  });
