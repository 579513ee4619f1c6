// Max pooling. The second output holds, per output element, which element of the window won
// (row-major, the first at a tie), as a byte: all that the gradient needs.

import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Op, TensorType, Value } from "../graph.js";
import {
  expectImages,
  expectPixels,
  type Padding,
  type Pair,
  padding4,
  pair,
  slide,
  type Window,
} from "../window.js";
import { maxPool2dGrad } from "./maxPool2dGrad.js";

/** Options of pooling; the stride defaults to the kernel, the padding to 0. */
export interface PoolOptions {
  readonly kernel: Pair;
  readonly strides?: Pair;
  readonly padding?: Padding;
}

export type PoolAttrs = Window & Record<string, number | boolean | readonly number[]>;

export const poolWindow = ({ kernel, strides = kernel, padding = 0 }: PoolOptions): PoolAttrs => ({
  kernel: pair(kernel),
  strides: pair(strides),
  padding: padding4(padding),
  dilation: [1, 1],
});

/** Shape of pooled images; throws when images and window do not fit. */
export function pooled(op: string, x: TensorType, window: PoolAttrs): Shape {
  expectImages(op, x);
  expectPixels(op, window);
  return [x.shape[0], x.shape[1], ...slide(op, x.shape.slice(2), window)];
}

/** The same where the place of a winner in its window is a byte. */
export function maxPooled(op: string, x: TensorType, window: PoolAttrs): Shape {
  const { kernel } = window;
  if (sizeOf(kernel) > 255) throw new RangeError(`${op}: a window of ${kernel} is over 255`);
  return pooled(op, x, window);
}

export const maxPool2dOp: Op<PoolAttrs> = {
  name: "maxPool2d",
  infer([x], attrs) {
    const shape = maxPooled("maxPool2d", x, attrs);
    return [
      { dtype: "f32", shape },
      { dtype: "u8", shape },
    ];
  },
  gradient: ({ inputs: [x], outputs: [, winners], attrs }, [dy]) => [
    maxPool2dGrad(dy!, winners, x.shape, attrs),
  ],
  flops: ({ outputs: [y], attrs: { kernel } }) => sizeOf(y.shape) * sizeOf(kernel),
};

/**
 * Largest element of each window of images [n, c, h, w]; padding never wins. The gradient goes to the
 * first of equal elements.
 *
 * @throws RangeError when the window does not fit, has more than 255 elements or sees padding only.
 * @example
 * const x = input(new Graph(), "x", [8, 16, 32, 32]);
 * maxPool2d(x, { kernel: 3, strides: 2, padding: 1 }).shape; // [8, 16, 16, 16]
 */
export const maxPool2d = (x: Value, options: PoolOptions): Value =>
  x.graph.apply(maxPool2dOp, [x], poolWindow(options))[0];
