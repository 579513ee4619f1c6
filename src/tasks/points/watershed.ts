// Watersheds that part points (Beucher and Lantuejoul 1979): water rises from each point, and where two floods meet is
// a border. What they rise over is the black top-hat of a map, high where the map has narrow gaps.

import type { Size } from "../../data/index.js";

/** Side of the square that gaps are narrow against, in pixels. */
const SIDE = 7;

/** Along rows and columns in turn, the largest or smallest number within a window, mirrored at the borders. */
function filtered(
  map: ArrayLike<number>,
  { height, width }: Size,
  better: (a: number, b: number) => number,
): Float64Array {
  const reach = (SIDE - 1) / 2;
  const along = (
    from: ArrayLike<number>,
    length: number,
    step: number,
    rows: number,
    next: number,
  ) => {
    const to = new Float64Array(height * width);
    // A mirror that repeats the last pixel.
    const mirrored = (at: number): number => {
      if (at < 0) return mirrored(-at - 1);
      return at >= length ? mirrored(2 * length - 1 - at) : at;
    };
    for (let row = 0; row < rows; row++) {
      for (let at = 0; at < length; at++) {
        let best = from[row * next + at * step];
        for (let k = -reach; k <= reach; k++) {
          best = better(best, from[row * next + mirrored(at + k) * step]);
        }
        to[row * next + at * step] = best;
      }
    }
    return to;
  };
  return along(along(map, width, 1, height, width), height, width, width, 1);
}

/** How much higher a map would be if gaps narrower than {@link SIDE} pixels were filled [h * w]. */
export function blackTopHat(map: ArrayLike<number>, size: Size): Float64Array {
  const closed = filtered(filtered(map, size, Math.max), size, Math.min);
  return closed.map((value, at) => value - map[at]);
}

/** Pixels in the order in which water reaches them: lower ones first, of equal ones those seen first. */
class Shore {
  private readonly heap: { readonly level: number; readonly order: number; readonly at: number }[] =
    [];
  private order = 0;

  get size(): number {
    return this.heap.length;
  }

  private before(a: number, b: number): boolean {
    const [x, y] = [this.heap[a], this.heap[b]];
    return x.level < y.level || (x.level === y.level && x.order < y.order);
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b], this.heap[a]];
  }

  push(level: number, at: number): void {
    this.heap.push({ level, order: this.order++, at });
    for (let own = this.heap.length - 1; own > 0; ) {
      const parent = (own - 1) >> 1;
      if (!this.before(own, parent)) return;
      this.swap(own, parent);
      own = parent;
    }
  }

  pop(): number {
    const [{ at }] = this.heap;
    const last = this.heap.pop()!;
    if (this.heap.length > 0) this.heap[0] = last;
    for (let own = 0; ; ) {
      const [left, right] = [2 * own + 1, 2 * own + 2];
      if (left >= this.heap.length) return at;
      const child = right < this.heap.length && this.before(right, left) ? right : left;
      if (!this.before(child, own)) return at;
      this.swap(own, child);
      own = child;
    }
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
  const shore = new Shore();
  for (const [number, at] of markers.entries()) {
    basins[at] = number + 1;
    shore.push(levels[at], at);
  }
  while (shore.size > 0) {
    const at = shore.pop();
    eachNeighbour(at, size, (near) => {
      if (basins[near] !== 0 || !inside(near)) return;
      basins[near] = basins[at];
      shore.push(levels[near], near);
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
