// Pooling: the largest or the mean of a sliding window, or of the whole image.

import {
  avgPool2d,
  concat,
  constant,
  maxPool2d,
  mul,
  type Pair,
  type PoolOptions,
  reduceSum,
  slice,
  type Value,
} from "../../graph/index.js";
import { pair } from "../../graph/window.js";
import type { Layer } from "../scope.js";
import { roundUp } from "./padding.js";

type WindowOptions = Omit<PoolOptions, "kernel">;

/** Options of {@link maxPool}. */
export interface MaxPoolOptions extends WindowOptions {
  /** Sizes that the stride does not divide are rounded up: a last window hangs over. Default false. */
  readonly ceilMode?: boolean;
}

/**
 * Largest of each window of images [n, c, h, w]; the stride defaults to the kernel, the padding to 0 and
 * never wins.
 *
 * @throws RangeError when the window does not fit, has more than 255 elements or sees padding only.
 * @example
 * const pool = maxPool(3, { strides: 2, padding: 1 });
 * build(pool, [1, 8, 32, 32], { training: true }).output.shape; // [1, 8, 16, 16]
 */
export const maxPool =
  (kernel: Pair, { ceilMode = false, ...options }: MaxPoolOptions = {}): Layer =>
  (x) => {
    const { strides = kernel, padding = 0 } = options;
    const grown = ceilMode
      ? roundUp(padding, x.shape.slice(2), { kernel, strides, dilation: 1 })
      : padding;
    return maxPool2d(x, { kernel, strides, padding: grown });
  };

/**
 * Mean of each window of images [n, c, h, w]; the stride defaults to the kernel, the padding to 0.
 * Padding counts as zeros unless `countPadding` is false.
 *
 * @throws RangeError when the window does not fit or sees padding only.
 * @example
 * build(avgPool(2), [1, 8, 32, 32], { training: true }).output.shape; // [1, 8, 16, 16]
 */
export const avgPool =
  (kernel: Pair, options: WindowOptions & { readonly countPadding?: boolean } = {}): Layer =>
  (x) =>
    avgPool2d(x, { kernel, ...options });

/**
 * Mean of each channel: [n, c, h, w] to [n, c].
 *
 * @example
 * build(globalAvgPool(), [8, 64, 7, 7], { training: true }).output.shape; // [8, 64]
 */
export const globalAvgPool = (): Layer => (x) =>
  mul(reduceSum(x, [2, 3]), constant(x.graph, 1 / (x.shape[2] * x.shape[3])));

/** Means of `count` windows along an axis, which cover it as evenly as whole numbers allow and may overlap. */
function meansAlong(x: Value, axis: number, count: number): Value {
  const size = x.shape[axis];
  if (size === count) return x;
  const at = (place: number, here: number, others: readonly number[]) =>
    others.map((other, own) => (own === place ? here : other));
  const windows = Array.from({ length: count }, (_, window) => {
    const from = Math.floor((window * size) / count);
    const length = Math.ceil(((window + 1) * size) / count) - from;
    const start = x.shape.map(() => 0);
    const part = slice(x, at(axis, from, start), at(axis, length, x.shape));
    return mul(reduceSum(part, [axis], true), constant(x.graph, 1 / length));
  });
  return concat(windows, axis);
}

/**
 * Images [n, c, h, w] of any size to those of one: means of windows from floor(i h / size) to ceil((i + 1) h / size),
 * as PyTorch's AdaptiveAvgPool2d has them. Smaller images are enlarged.
 *
 * @example
 * build(adaptiveAvgPool(7), [8, 64, 3, 12], { training: true }).output.shape; // [8, 64, 7, 7]
 */
export const adaptiveAvgPool =
  (size: Pair): Layer =>
  (x) => {
    const [height, width] = pair(size);
    return meansAlong(meansAlong(x, 2, height), 3, width);
  };
