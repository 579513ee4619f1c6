// Padding of sliding windows as users write it: a number of zeros, or "same".

import type { Padding, Pair } from "../../graph/index.js";
import { padding4, pair } from "../../graph/window.js";

/**
 * Zeros around an image: a number, [height, width], [top, left, bottom, right], or `"same"`: as many
 * as make the output `ceil(size / stride)`, an odd one going to the bottom and right.
 */
export type LayerPadding = Padding | "same";

interface SlidingWindow {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilation: Pair;
}

/** Padding for a window of `kernel` over an image of [height, width] `size`. */
export function resolvePadding(
  padding: LayerPadding,
  size: readonly number[],
  window: SlidingWindow,
): Padding {
  if (padding !== "same") return padding;
  const [kernel, strides, dilation] = [window.kernel, window.strides, window.dilation].map(pair);
  const total = [0, 1].map((axis) => {
    const covered = (Math.ceil(size[axis] / strides[axis]) - 1) * strides[axis];
    return Math.max(0, covered + dilation[axis] * (kernel[axis] - 1) + 1 - size[axis]);
  });
  const before = total.map((zeros) => Math.floor(zeros / 2));
  return [before[0], before[1], total[0] - before[0], total[1] - before[1]];
}

/**
 * Padding with so much more at the bottom and right that the number of windows is rounded up. As in PyTorch, a
 * window that would start behind the last pixel is left out.
 */
export function roundUp(padding: Padding, size: readonly number[], window: SlidingWindow): Padding {
  const before = padding4(padding);
  const [kernel, strides, dilation] = [window.kernel, window.strides, window.dilation].map(pair);
  const [below, right] = [0, 1].map((axis) => {
    const extent = dilation[axis] * (kernel[axis] - 1) + 1;
    const end = size[axis] + before[axis];
    const last = Math.ceil((end + before[axis + 2] - extent) / strides[axis]) * strides[axis];
    const start = last >= end ? last - strides[axis] : last;
    return Math.max(before[axis + 2], start + extent - end);
  });
  return [before[0], before[1], below, right];
}
