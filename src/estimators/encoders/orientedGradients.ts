// Histograms of oriented gradients (Dalal and Triggs 2005, "Histograms of oriented gradients for human detection", CVPR, doi
// 10.1109/CVPR.2005.177); numbers as scikit-image has them.

import { InputError } from "../../inputError.js";
import type { ImageRows } from "./patches.js";

/** Settings of histograms of oriented gradients. */
export interface HogOptions {
  /** Side of a cell in pixels; default 4. */
  readonly cell?: number;
  /** Side of a block in cells; default 2. */
  readonly block?: number;
  /** Directions from 0 to 180 degrees; default 9. */
  readonly bins?: number;
}

export const hogDefaults = { cell: 4, block: 2, bins: 9 } as const;

const EPSILON = 1e-5;
/** No part of a block counts more than that (L2-Hys). */
const MOST = 0.2;

type Pixels = ArrayLike<number>;

/**
 * Mean strength of the gradients of each direction in each cell [rows, columns, bins]. Of a pixel in colour the channel with the
 * largest gradient counts.
 */
function cellsOf(pixels: Pixels, shape: ImageRows, cell: number, bins: number): Float64Array {
  const { height, width, channels } = shape;
  const [rows, columns] = [Math.floor(height / cell), Math.floor(width / cell)];
  const cells = new Float64Array(rows * columns * bins);
  const line = width * channels;
  for (let y = 0; y < rows * cell; y++) {
    const inside = y > 0 && y < height - 1;
    for (let x = 0; x < columns * cell; x++) {
      let [down, across, square] = [0, 0, -1];
      for (let at = y * line + x * channels, end = at + channels; at < end; at++) {
        const dy = inside ? pixels[at + line] - pixels[at - line] : 0;
        const dx = x > 0 && x < width - 1 ? pixels[at + channels] - pixels[at - channels] : 0;
        const found = dy * dy + dx * dx;
        if (found > square) [down, across, square] = [dy, dx, found];
      }
      const angle = (Math.atan2(down, across) * (180 / Math.PI) + 180) % 180;
      const bin = Math.min(bins - 1, Math.floor((angle * bins) / 180));
      const place = Math.floor(y / cell) * columns + Math.floor(x / cell);
      cells[place * bins + bin] += Math.sqrt(square) / cell ** 2;
    }
  }
  return cells;
}

/** Divides by the length of the row. */
function normalise(row: Float64Array): void {
  const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, EPSILON ** 2));
  for (let at = 0; at < row.length; at++) row[at] /= length;
}

/** Blocks down and across, and numbers of each. */
interface Blocks {
  readonly down: number;
  readonly across: number;
  readonly size: number;
}

/**
 * The blocks of images of a size.
 *
 * @throws InputError for images that are smaller than a block.
 */
export function blocksOf(
  { height, width }: Omit<ImageRows, "channels">,
  options: HogOptions,
): Blocks {
  const { cell, block, bins } = { ...hogDefaults, ...options };
  const [down, across] = [height, width].map((side) => Math.floor(side / cell) - block + 1);
  if (down >= 1 && across >= 1) return { down, across, size: block * block * bins };
  throw new InputError(
    `an image of ${height}x${width} is too small for hog: a block has ${block * cell}x${block * cell} pixels`,
  );
}

/**
 * Histograms of the gradients of one image, of each block of cells, normalised on its own.
 *
 * @param pixels numbers [height, width, channels]
 * @returns [blocks down * blocks across * block * block * bins]
 * @throws InputError for an image that is smaller than a block.
 */
export function orientedGradients(
  pixels: Pixels,
  shape: ImageRows,
  options: HogOptions = {},
): Float64Array {
  const { cell, block, bins } = { ...hogDefaults, ...options };
  const { down, across, size } = blocksOf(shape, options);
  const columns = across + block - 1;
  const cells = cellsOf(pixels, shape, cell, bins);
  const found = new Float64Array(down * across * size);
  for (let r = 0; r < down; r++) {
    for (let c = 0; c < across; c++) {
      const start = (r * across + c) * size;
      const row = found.subarray(start, start + size);
      for (let k = 0; k < block; k++) {
        const from = ((r + k) * columns + c) * bins;
        row.set(cells.subarray(from, from + block * bins), k * block * bins);
      }
      normalise(row);
      for (let at = 0; at < size; at++) row[at] = Math.min(row[at], MOST);
      normalise(row);
    }
  }
  return found;
}
