// Histograms of oriented gradients: what an image is, as numbers for classifiers of tables.
// Dalal and Triggs 2005, "Histograms of oriented gradients for human detection", CVPR, doi 10.1109/CVPR.2005.177; numbers as
// scikit-image has them.

import { InputError } from "../../inputError.js";
import type { Image } from "../images.js";

/** Settings of {@link hogOf}. */
export interface HogOptions {
  /** Side of a cell in pixels; default 4. */
  readonly cell?: number;
  /** Side of a block in cells; default 2. */
  readonly block?: number;
  /** Directions from 0 to 180 degrees; default 9. */
  readonly bins?: number;
}

const EPSILON = 1e-5;
/** No part of a block counts more than that (L2-Hys). */
const MOST = 0.2;

/** Mean strength of the gradients of each direction in each cell [rows, columns, bins]. */
function cellsOf({ height, width, data }: Image, cell: number, bins: number): Float64Array {
  const [rows, columns] = [Math.floor(height / cell), Math.floor(width / cell)];
  const cells = new Float64Array(rows * columns * bins);
  for (let y = 0; y < rows * cell; y++) {
    for (let x = 0; x < columns * cell; x++) {
      const at = y * width + x;
      const down = y > 0 && y < height - 1 ? data[at + width] - data[at - width] : 0;
      const across = x > 0 && x < width - 1 ? data[at + 1] - data[at - 1] : 0;
      const angle = (Math.atan2(down, across) * (180 / Math.PI) + 180) % 180;
      const bin = Math.min(bins - 1, Math.floor((angle * bins) / 180));
      const place = Math.floor(y / cell) * columns + Math.floor(x / cell);
      cells[place * bins + bin] += Math.hypot(down, across) / cell ** 2;
    }
  }
  return cells;
}

/** Divides by the length of the row. */
function normalise(row: Float64Array): void {
  const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, EPSILON ** 2));
  for (let at = 0; at < row.length; at++) row[at] /= length;
}

/**
 * Histograms of oriented gradients of a grey image: of each block of cells, normalised on its own, how strong the gradients of
 * each direction are. Light and contrast do not count, small shifts hardly.
 *
 * @param image u8 [height, width, 1]
 * @returns f32 [blocks down * blocks across * block * block * bins]
 * @throws InputError for an image in colour, and one that is smaller than a block.
 * @example
 * const image = { height: 8, width: 8, channels: 1, data: new Uint8Array(64).fill(255, 32) };
 * const hog = hogOf(image);
 * // The edge lies across, so brightness changes at 90 degrees: direction 4 of 9.
 * [hog.length, hog.indexOf(Math.max(...hog))]; // [36, 4]
 */
export function hogOf(image: Image, options: HogOptions = {}): Float32Array {
  const { cell = 4, block = 2, bins = 9 } = options;
  const { height, width, channels } = image;
  if (channels !== 1) throw new InputError(`hog takes grey images; found ${channels} channels`);
  const [rows, columns] = [Math.floor(height / cell), Math.floor(width / cell)];
  const [down, across] = [rows - block + 1, columns - block + 1];
  if (down < 1 || across < 1) {
    throw new InputError(
      `an image of ${height}x${width} is too small for hog: a block has ${block * cell}x${block * cell} pixels`,
    );
  }
  const cells = cellsOf(image, cell, bins);
  const size = block * block * bins;
  const found = new Float32Array(down * across * size);
  for (let r = 0; r < down; r++) {
    for (let c = 0; c < across; c++) {
      const row = new Float64Array(size);
      for (let k = 0; k < block; k++) {
        const from = ((r + k) * columns + c) * bins;
        row.set(cells.subarray(from, from + block * bins), k * block * bins);
      }
      normalise(row);
      for (let at = 0; at < size; at++) row[at] = Math.min(row[at], MOST);
      normalise(row);
      found.set(row, (r * across + c) * size);
    }
  }
  return found;
}
