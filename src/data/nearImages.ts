// Images that look alike though their bytes differ: stored again, scaled or a little changed. Differences of
// neighbouring cells of a small grey image make a hash of 64 bits (dHash, Krawetz 2013).

import type { Size } from "./images.js";

const ROWS = 8;
const COLUMNS = 9;
/** Bits by which hashes of like images differ at most. */
const MOST_BITS = 6;
/** Levels of grey by which their cells differ at most, in the mean. */
const MOST_LEVELS = 4;
/** Images smaller than this say too little. */
const SMALLEST = 16;
/** Hashes are looked up by quarters; a quarter that more images share tells nothing. */
const BUCKET = 64;
/** Cells of images without contrast differ by less, in the mean over neighbours. */
const FLAT = 3;

/** A small grey image and its hash, as four quarters of 16 bits. */
export interface Looks {
  readonly cells: Float32Array;
  readonly quarters: readonly number[];
}

/** Of an image. */
type Shape = Size & { readonly channels: number };

/** Means of grey over a grid of 8 x 9 cells. */
function cellsOf(image: Uint8Array, { height, width, channels }: Shape): Float32Array {
  const cells = new Float32Array(ROWS * COLUMNS);
  for (let row = 0; row < ROWS; row++) {
    const [top, bottom] = [row, row + 1].map((at) => Math.floor((at * height) / ROWS));
    for (let column = 0; column < COLUMNS; column++) {
      const [left, right] = [column, column + 1].map((at) => Math.floor((at * width) / COLUMNS));
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = (y * width + left) * channels; at < (y * width + right) * channels; at++) {
          sum += image[at];
        }
      }
      cells[row * COLUMNS + column] = sum / ((bottom - top) * (right - left) * channels);
    }
  }
  return cells;
}

/** How an image looks; `undefined` for one that is too small, or that has no contrast. */
export function looksOf(image: Uint8Array, shape: Shape): Looks | undefined {
  if (Math.min(shape.height, shape.width) < SMALLEST) return undefined;
  const cells = cellsOf(image, shape);
  const quarters = [0, 0, 0, 0];
  let contrast = 0;
  for (let row = 0, bit = 0; row < ROWS; row++) {
    for (let column = 0; column + 1 < COLUMNS; column++, bit++) {
      const step = cells[row * COLUMNS + column + 1] - cells[row * COLUMNS + column];
      contrast += Math.abs(step) / (ROWS * (COLUMNS - 1));
      if (step > 0) quarters[bit >> 4] |= 1 << (bit & 15);
    }
  }
  return contrast < FLAT ? undefined : { cells, quarters };
}

function bitsOf(word: number): number {
  let count = 0;
  for (let left = word; left !== 0; left &= left - 1) count++;
  return count;
}

/** Whether two images look alike. */
export function areAlike(a: Looks, b: Looks): boolean {
  const bits = a.quarters.reduce((sum, quarter, at) => sum + bitsOf(quarter ^ b.quarters[at]), 0);
  if (bits > MOST_BITS) return false;
  const apart = a.cells.reduce((sum, cell, at) => sum + Math.abs(cell - b.cells[at]), 0);
  return apart / a.cells.length <= MOST_LEVELS;
}

/** Pairs of images that look alike, by their places in the list: each with the first one before it that it is like. */
export function likePairs(looks: readonly (Looks | undefined)[]): [number, number][] {
  const buckets = new Map<number, number[]>();
  const pairs: [number, number][] = [];
  for (const [at, own] of looks.entries()) {
    if (!own) continue;
    const keys = own.quarters.map((quarter, place) => place * 65_536 + quarter);
    const near = new Set(
      keys.flatMap((key) => {
        const bucket = buckets.get(key) ?? [];
        return bucket.length < BUCKET ? bucket : [];
      }),
    );
    const twin = [...near].find((other) => areAlike(own, looks[other]!));
    if (twin !== undefined) pairs.push([twin, at]);
    for (const key of keys) {
      const bucket = buckets.get(key);
      if (!bucket) buckets.set(key, [at]);
      else if (bucket.length < BUCKET) bucket.push(at);
    }
  }
  return pairs;
}
