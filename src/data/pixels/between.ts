// Brightness between the pixels of a grey image, by the four around it.

import type { Size } from "../images.js";

/** Numbers of an image, a row behind the other [height, width]. */
export interface Grey extends Size {
  readonly data: ArrayLike<number>;
}

/**
 * The value at a place whose whole numbers are centres of pixels, bilinear.
 *
 * @param outside what lies beside the image; default its outermost pixels, going on for ever
 * @example
 * valueBetween({ height: 1, width: 2, data: [0, 8] }, 0.25, 0); // 2
 */
export function valueBetween(
  { height, width, data }: Grey,
  x: number,
  y: number,
  outside?: number,
): number {
  const within = (at: number, size: number) => Math.min(size - 1, Math.max(0, at));
  const pixel = (u: number, v: number): number =>
    outside !== undefined && (u < 0 || v < 0 || u >= width || v >= height)
      ? outside
      : data[within(v, height) * width + within(u, width)];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [across, down] = [x - left, y - top];
  const above = pixel(left, top) * (1 - across) + pixel(left + 1, top) * across;
  const below = pixel(left, top + 1) * (1 - across) + pixel(left + 1, top + 1) * across;
  return above * (1 - down) + below * down;
}
