// The geometry of sliding windows, shared by convolution and pooling.

import { formatShape } from "../tensor/shape.js";
import type { TensorType } from "./graph.js";

/** A size for both axes, or one each for [height, width]. */
export type Pair = number | readonly [number, number];

/** Zeros around an image: both axes, [height, width], or [top, left, bottom, right]. */
export type Padding =
  | number
  | readonly [number, number]
  | readonly [number, number, number, number];

/** Where a window of `kernel` size goes; every field is [height, width] but padding. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  /** [top, left, bottom, right]. */
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

export const pair = (size: Pair): readonly [number, number] =>
  typeof size === "number" ? [size, size] : size;

export function padding4(padding: Padding): readonly [number, number, number, number] {
  if (typeof padding === "number") return [padding, padding, padding, padding];
  if (padding.length === 4) return padding;
  return [padding[0], padding[1], padding[0], padding[1]];
}

/** Largest size, step and border of a window. */
const MOST = 2 ** 30;

/** Size of the output of a window slid over [height, width]; throws when the window does not fit. */
export function slide(op: string, size: readonly number[], window: Window): [number, number] {
  const { kernel, strides, padding, dilation } = window;
  const valid = (list: readonly number[], least: number, length: number) =>
    list.length === length && list.every((n) => Number.isInteger(n) && n >= least && n <= MOST);
  if (
    !valid(kernel, 1, 2) ||
    !valid(strides, 1, 2) ||
    !valid(dilation, 1, 2) ||
    !valid(padding, 0, 4)
  ) {
    throw new RangeError(
      `${op}: bad window: kernel ${kernel}, strides ${strides}, padding ${padding}, dilation ${dilation}`,
    );
  }
  const out = [0, 1].map((axis) => {
    const extent = dilation[axis] * (kernel[axis] - 1) + 1;
    const room = size[axis] + padding[axis] + padding[axis + 2] - extent;
    if (room < 0) {
      throw new RangeError(
        `${op}: an image of ${size.join("x")} is too small for a window of ${extent} along ` +
          `${axis === 0 ? "height" : "width"} with padding ${padding[axis]}+${padding[axis + 2]}`,
      );
    }
    return Math.floor(room / strides[axis]) + 1;
  });
  return [out[0], out[1]];
}

/** Checks that a value is f32 [batch, channels, height, width]. */
export function expectImages(op: string, x: TensorType): void {
  if (x.shape.length !== 4 || x.dtype !== "f32") {
    throw new RangeError(
      `${op}: expected f32 [batch, channels, height, width], found ${x.dtype} ${formatShape(x.shape)}`,
    );
  }
}

/** Checks that every window sees at least one pixel, as pooling needs. */
export function expectPixels(op: string, { kernel, padding }: Window): void {
  if (padding.some((size, side) => size >= kernel[side % 2])) {
    throw new RangeError(`${op}: padding ${padding} must be smaller than kernel ${kernel}`);
  }
}
