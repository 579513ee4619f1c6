// Pooling of images: the largest or the mean of each window.

import { type Shape, sizeOf } from "../../tensor/shape.js";
import { expectDtype, expectShape } from "../expect.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";
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

// Max pooling. The second output holds, per output element, which element of the window won
// (row-major, the first at a tie), as a byte: all that the gradient needs.

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
  takesHalf: true,
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

// The gradient of max pooling: each output's gradient goes to the element that won its window.

interface MaxPoolGradAttrs extends PoolAttrs {
  readonly shape: readonly number[];
}

export const maxPool2dGradOp: Op<MaxPoolGradAttrs> = {
  name: "maxPool2dGrad",
  takesHalf: true,
  infer([dy, winners], { shape, ...window }) {
    const images = { dtype: "f32", shape } as const;
    const expected = maxPooled("maxPool2dGrad", images, window as PoolAttrs);
    expectDtype("maxPool2dGrad", "f32", dy);
    expectShape("maxPool2dGrad", "a gradient", expected, dy);
    expectDtype("maxPool2dGrad", "u8", winners);
    expectShape("maxPool2dGrad", "winners", expected, winners);
    return [images];
  },
};

/** Gradient of images of `shape`, given that of the pooled output and its winners. */
export const maxPool2dGrad = (dy: Value, winners: Value, shape: Shape, window: PoolAttrs): Value =>
  apply(maxPool2dGradOp, [dy, winners], { ...window, shape });

// Average pooling. Padding counts as zeros in the average unless `countPadding` is false.

export interface AvgPoolAttrs extends PoolAttrs {
  readonly countPadding: boolean;
}

export const avgPool2dOp: Op<AvgPoolAttrs> = {
  name: "avgPool2d",
  takesHalf: true,
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

// The gradient of average pooling: each output's gradient is spread over its window.

interface AvgPoolGradAttrs extends AvgPoolAttrs {
  readonly shape: readonly number[];
}

export const avgPool2dGradOp: Op<AvgPoolGradAttrs> = {
  name: "avgPool2dGrad",
  takesHalf: true,
  infer([dy], { shape, ...window }) {
    const images = { dtype: "f32", shape } as const;
    expectDtype("avgPool2dGrad", "f32", dy);
    expectShape(
      "avgPool2dGrad",
      "a gradient",
      pooled("avgPool2dGrad", images, window as PoolAttrs),
      dy,
    );
    return [images];
  },
  gradient: ({ attrs: { shape: _, ...window } }, [grad]) => [
    apply(avgPool2dOp, [grad!], window as AvgPoolAttrs),
  ],
  flops: ({ inputs: [dy], attrs: { kernel } }) => sizeOf(dy.shape) * sizeOf(kernel),
};

/** Gradient of images of `shape`, given that of the pooled output. */
export const avgPool2dGrad = (dy: Value, shape: Shape, window: AvgPoolAttrs): Value =>
  apply(avgPool2dGradOp, [dy], { ...window, shape });
