// Padding of sliding windows as users write it: a number of zeros, or "same".

import type { Padding, Pair } from "../../graph/index.js";

/**
 * Zeros around an image: a number, [height, width], [top, left, bottom, right], or `"same"`: as many
 * as make the output `ceil(size / stride)`, an odd one going to the bottom and right.
 */
export type LayerPadding = Padding | "same";

const both = (size: Pair): readonly [number, number] =>
  typeof size === "number" ? [size, size] : size;

/** Padding for a window of `kernel` over an image of [height, width] `size`. */
export function resolvePadding(
  padding: LayerPadding,
  size: readonly number[],
  window: { readonly kernel: Pair; readonly strides: Pair; readonly dilation: Pair },
): Padding {
  if (padding !== "same") return padding;
  const [kernel, strides, dilation] = [window.kernel, window.strides, window.dilation].map(both);
  const total = [0, 1].map((axis) => {
    const covered = (Math.ceil(size[axis] / strides[axis]) - 1) * strides[axis];
    return Math.max(0, covered + dilation[axis] * (kernel[axis] - 1) + 1 - size[axis]);
  });
  const before = total.map((zeros) => Math.floor(zeros / 2));
  return [before[0], before[1], total[0] - before[0], total[1] - before[1]];
}
