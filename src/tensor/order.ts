// Elements in column-major order (NumPy calls it Fortran's, MATLAB writes no other) put into row-major order.

import { type Shape, sizeOf, stridesOf } from "./shape.js";

interface Elements<T> {
  readonly length: number;
  [at: number]: T;
}

/**
 * Rows that are written side by side. Neighbours along the first axis lie together in the source; of so many, each
 * line that comes from memory is used up, and so is each that is written.
 */
const BLOCK = 64;

/**
 * Puts all elements of a column-major array at their places of a row-major one of the same shape.
 *
 * @example
 * const to = new Uint8Array(6);
 * toRowMajor(Uint8Array.of(1, 4, 2, 5, 3, 6), [2, 3], to);
 * [...to]; // [1, 2, 3, 4, 5, 6]
 */
export function toRowMajor<T>(from: Elements<T>, shape: Shape, to: Elements<T>): void {
  // An axis of one place changes nothing.
  const sizes = shape.filter((size) => size !== 1);
  const [rows = 1, ...rest] = sizes;
  const width = sizeOf(rest);
  // However many rows there are, nothing is in them.
  if (width === 0) return;
  const strides = stridesOf([...sizes].reverse())
    .reverse()
    .slice(1);
  const place = new Array<number>(rest.length);
  for (let first = 0; first < rows; first += BLOCK) {
    const last = Math.min(first + BLOCK, rows);
    place.fill(0);
    let column = 0;
    for (let at = 0; at < width; at++) {
      for (let row = first; row < last; row++) to[row * width + at] = from[column + row];
      // The next place in row-major order, as an odometer counts.
      for (let axis = rest.length - 1; axis >= 0; axis--) {
        column += strides[axis];
        if (++place[axis] < rest[axis]) break;
        column -= strides[axis] * rest[axis];
        place[axis] = 0;
      }
    }
  }
}
