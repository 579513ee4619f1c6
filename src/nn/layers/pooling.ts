// Pooling: the largest or the mean of a sliding window, or of the whole image.

import {
  avgPool2d,
  constant,
  maxPool2d,
  mul,
  type Pair,
  type PoolOptions,
  reduceSum,
} from "../../graph/index.js";
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
