// Patches of images that lie as rows: cut out, and brought to one brightness and contrast.

import { InputError } from "../../inputError.js";
import type { Matrix } from "../matrix.js";

/** Images as rows of a table: pixel by pixel, the channels of a pixel side by side. */
export interface ImageRows {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * What images rows of so many numbers are.
 *
 * @param given height, width and channels; 0 for what follows from the others: grey and square where nothing is said
 * @throws InputError where they do not go together.
 */
export function imageRows(name: string, columns: number, given: ImageRows): ImageRows {
  const channels = given.channels || 1;
  const pixels = columns / channels;
  const height = given.height || (given.width ? pixels / given.width : Math.sqrt(pixels));
  const width = given.width || pixels / height;
  if (Number.isInteger(height) && Number.isInteger(width) && height * width === pixels) {
    return { height, width, channels };
  }
  throw new InputError(
    `${name}: rows of ${columns} numbers are no images of ${height} x ${width} pixels and ${channels} channels; give height, width and channels`,
  );
}

/** Numbers of a patch, into `out`. */
export function cutPatch(
  row: Matrix["data"],
  { width, channels }: ImageRows,
  [top, left, side]: readonly [number, number, number],
  out: Float64Array,
): void {
  const line = side * channels;
  for (let y = 0; y < side; y++) {
    const start = ((top + y) * width + left) * channels;
    for (let at = 0; at < line; at++) out[y * line + at] = row[start + at];
  }
}

/** Brings numbers to mean 0 and spread 1; what hardly varies stays near 0. */
export function normaliseContrast(patch: Float64Array, floor: number): void {
  const { length } = patch;
  let [sum, squares] = [0, 0];
  for (let at = 0; at < length; at++) sum += patch[at];
  const mean = sum / length;
  for (let at = 0; at < length; at++) squares += (patch[at] - mean) ** 2;
  const spread = Math.sqrt(squares / length + floor);
  for (let at = 0; at < length; at++) patch[at] = (patch[at] - mean) / spread;
}
