// Walking over strided elements: the one loop behind broadcasting, transposing, slicing and reducing.

import { type Shape, sizeOf } from "../../../tensor/shape.js";

/**
 * For each element of `shape` in row-major order, where it lies when axis `i` is `strides[i]` apart
 * and the first element lies at `start`.
 */
export function offsets(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  let result = Int32Array.of(start);
  for (const [axis, size] of shape.entries()) {
    const inner = new Int32Array(result.length * size);
    for (let at = 0; at < inner.length; at++) {
      inner[at] = result[Math.floor(at / size)] + (at % size) * strides[axis];
    }
    result = inner;
  }
  return result;
}

/** A zeroed array for a value of `shape`. */
export const allocate = (shape: Shape): Float64Array => new Float64Array(sizeOf(shape));

/** The elements of `source` at `places`. */
export const pick = (source: Float64Array, places: Int32Array): Float64Array =>
  Float64Array.from(places, (place) => source[place]);
