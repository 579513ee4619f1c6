// Connected regions of a map.

import type { Size } from "../images.js";

/** Regions of a map. */
export interface Blobs {
  /** Number of the region of each pixel from 1 on, 0 for those of none [h * w]. */
  readonly of: Int32Array;
  readonly count: number;
}

/**
 * The regions of pixels that touch each other, at corners too, in the order of their first pixel.
 *
 * @param inside whether a pixel belongs to any
 */
export function findBlobs({ height, width }: Size, inside: (at: number) => boolean): Blobs {
  const of = new Int32Array(height * width);
  const stack: number[] = [];
  let count = 0;
  const enter = (at: number) => {
    if (of[at] !== 0 || !inside(at)) return;
    of[at] = count;
    stack.push(at);
  };
  for (let start = 0; start < of.length; start++) {
    if (of[start] !== 0 || !inside(start)) continue;
    count++;
    enter(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) enter(v * width + u);
      }
    }
  }
  return { of, count };
}
