// Watersheds that part points (Beucher and Lantuejoul 1979): water rises from each point, and where two floods meet is
// a border. What they rise over is the black top-hat of a map, high where the map has narrow gaps.

import type { Size } from "../../data/index.js";

/** Side of the square that gaps are narrow against, in pixels. */
const SIDE = 7;

/** The largest number within a window of each place of a line, which a mirror at its ends goes on behind. */
function widen(line: Float64Array, padded: Float64Array): void {
  const { length } = line;
  const reach = (SIDE - 1) / 2;
  const mirrored = (at: number): number => {
    if (at < 0) return mirrored(-at - 1);
    return at >= length ? mirrored(2 * length - 1 - at) : at;
  };
  for (let at = 0; at < reach; at++) {
    padded[at] = line[mirrored(at - reach)];
    padded[reach + length + at] = line[mirrored(length + at)];
  }
  padded.set(line, reach);
  // Of windows of 2, 4 and 7 (SIDE) numbers in turn, each from two of those before.
  for (const step of [1, 2, 3]) {
    for (let at = 0; at < padded.length - step; at++) {
      if (padded[at + step] > padded[at]) padded[at] = padded[at + step];
    }
  }
  line.set(padded.subarray(0, length));
}

/** The largest number within a square window of each pixel. */
function dilated(map: Float64Array, { height, width }: Size): Float64Array {
  const found = map.slice();
  const along = (length: number, step: number, lines: number, next: number) => {
    const line = new Float64Array(length);
    const padded = new Float64Array(length + SIDE - 1);
    for (let row = 0; row < lines; row++) {
      const first = row * next;
      for (let at = 0; at < length; at++) line[at] = found[first + at * step];
      widen(line, padded);
      for (let at = 0; at < length; at++) found[first + at * step] = line[at];
    }
  };
  along(width, 1, height, width);
  along(height, width, width, 1);
  return found;
}

/** How much higher a map would be if gaps narrower than {@link SIDE} pixels were filled [h * w]. */
export function blackTopHat(map: Float64Array, size: Size): Float64Array {
  const heights = dilated(map, size).map((value) => -value);
  return dilated(heights, size).map((value, at) => -value - map[at]);
}

/** Pixels in the order in which water reaches them: lower ones first, of equal ones those seen first; each comes once. */
class Shore {
  private readonly heap: Int32Array;
  /** When each pixel was seen. */
  private readonly turns: Int32Array;
  private turn = 0;
  private length = 0;

  constructor(private readonly levels: ArrayLike<number>) {
    this.heap = new Int32Array(levels.length);
    this.turns = new Int32Array(levels.length);
  }

  get size(): number {
    return this.length;
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.levels[a], this.levels[b]];
    return x < y || (x === y && this.turns[a] < this.turns[b]);
  }

  push(at: number): void {
    const { heap } = this;
    this.turns[at] = this.turn++;
    let own = this.length++;
    while (own > 0) {
      const parent = (own - 1) >> 1;
      if (!this.before(at, heap[parent])) break;
      heap[own] = heap[parent];
      own = parent;
    }
    heap[own] = at;
  }

  pop(): number {
    const { heap } = this;
    const [first] = heap;
    const last = heap[--this.length];
    let own = 0;
    for (let child = 1; child < this.length; child = 2 * own + 1) {
      if (child + 1 < this.length && this.before(heap[child + 1], heap[child])) child++;
      if (!this.before(heap[child], last)) break;
      heap[own] = heap[child];
      own = child;
    }
    heap[own] = last;
    return first;
  }
}

/** Calls `use` with the pixels above, left, right and below. */
function eachNeighbour(at: number, { height, width }: Size, use: (near: number) => void): void {
  const x = at % width;
  if (at >= width) use(at - width);
  if (x > 0) use(at - 1);
  if (x < width - 1) use(at + 1);
  if (at < (height - 1) * width) use(at + width);
}

/**
 * The basin of each pixel: the number of the point whose water reaches it first, from 1 on; 0 for pixels that none
 * reaches. Pixels neighbour each other along their sides.
 *
 * @param levels how high a pixel lies [h * w]
 * @param markers pixels of the points
 * @param inside pixels that water may reach; default all
 */
export function watershed(
  levels: ArrayLike<number>,
  size: Size,
  markers: readonly number[],
  inside: (at: number) => boolean = () => true,
): Int32Array {
  const basins = new Int32Array(size.height * size.width);
  const shore = new Shore(levels);
  for (const [number, at] of markers.entries()) {
    basins[at] = number + 1;
    shore.push(at);
  }
  while (shore.size > 0) {
    const at = shore.pop();
    eachNeighbour(at, size, (near) => {
      if (basins[near] !== 0 || !inside(near)) return;
      basins[near] = basins[at];
      shore.push(near);
    });
  }
  return basins;
}

/** Pixels on both sides of the borders between basins. */
export function bordersOf(basins: Int32Array, size: Size): number[] {
  const borders: number[] = [];
  for (let at = 0; at < basins.length; at++) {
    let differs = false;
    eachNeighbour(at, size, (near) => {
      differs ||= basins[near] !== basins[at] && basins[near] !== 0;
    });
    if (basins[at] !== 0 && differs) borders.push(at);
  }
  return borders;
}
