// Which found boxes of one image and class are right, by the rules of COCO's evaluation (pycocotools' COCOeval, Lin et al.
// 2014, "Microsoft COCO: common objects in context", arXiv 1405.0312).

import { areaOf, overlap, shareInside } from "./overlap.js";

/** Overlaps from which on a found box may be right: 0.5, 0.55, ..., 0.95, as numpy's `linspace` makes them. */
export const OVERLAPS: readonly number[] = Array.from({ length: 10 }, (_, at) =>
  at === 9 ? 0.95 : 0.5 + at * ((0.95 - 0.5) / 9),
);

/** Areas in square pixels of the image, ends included, of the boxes that count. */
export const AREAS = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const;

/** Boxes of one image and class: left, top, width, height of each, one behind the other. */
export interface Boxes {
  readonly extents: ArrayLike<number>;
  readonly length: number;
}

/** Boxes that are there, of which those of crowds count neither way. */
export interface TrueBoxes extends Boxes {
  readonly crowd: ArrayLike<number>;
}

/** What became of a found box at one overlap. */
export const WRONG = 0;
export const RIGHT = 1;
export const UNCOUNTED = 2;
export type Verdict = typeof WRONG | typeof RIGHT | typeof UNCOUNTED;

/** Boxes that match at less than this are never equal to the overlap asked for. */
const MOST = 1 - 1e-10;

const outside = (area: number, [least, most]: readonly [number, number]) =>
  area < least || area > most;

/** What a box that is there is worth within a range of areas. */
interface Wanted {
  /** Places of the boxes, those that count first. */
  readonly order: readonly number[];
  /** How many count. */
  readonly count: number;
}

/** Which boxes count: no crowds, none outside the areas. */
function wantedOf({ extents, crowd, length }: TrueBoxes, range: readonly [number, number]): Wanted {
  const counts = (at: number) => crowd[at] === 0 && !outside(areaOf(extents, 4 * at), range);
  const all = Array.from({ length }, (_, at) => at);
  const counted = all.filter(counts);
  return { order: [...counted, ...all.filter((at) => !counts(at))], count: counted.length };
}

/** Overlap of each found box (rows) with each one that is there. */
function overlapsOf(found: Boxes, truth: TrueBoxes): Float64Array {
  const table = new Float64Array(found.length * truth.length);
  for (let d = 0, at = 0; d < found.length; d++) {
    for (let g = 0; g < truth.length; g++, at++) {
      const measure = truth.crowd[g] ? shareInside : overlap;
      table[at] = measure(found.extents, 4 * d, truth.extents, 4 * g);
    }
  }
  return table;
}

/** The place in `order` of the box that a found one is taken for, or -1: the best one that is free, of those that count first. */
function partnerOf(
  { order, count }: Wanted,
  overlaps: Float64Array,
  free: (g: number) => boolean,
  threshold: number,
): number {
  let [best, chosen] = [Math.min(threshold, MOST), -1];
  for (const [place, g] of order.entries()) {
    if (!free(g)) continue;
    if (chosen >= 0 && chosen < count && place >= count) break;
    if (overlaps[g] < best) continue;
    best = overlaps[g];
    chosen = place;
  }
  return chosen;
}

/** What the boxes of one image and class came to within one range of areas. */
export interface Matches {
  /** Boxes that should be found. */
  readonly count: number;
  /** The {@link Verdict} of each found box at each overlap: [OVERLAPS, found]. */
  readonly verdicts: Uint8Array;
}

/**
 * Matches found boxes with those that are there, the best one first: each is right if it lies over one that no better one
 * was taken for.
 *
 * @param found sorted by score, best first
 * @returns one for each range of {@link AREAS}
 */
export function matchBoxes(found: Boxes, truth: TrueBoxes): Matches[] {
  const overlaps = overlapsOf(found, truth);
  return Object.values(AREAS).map((range) => {
    const wanted = wantedOf(truth, range);
    const verdicts = new Uint8Array(OVERLAPS.length * found.length);
    for (const [row, threshold] of OVERLAPS.entries()) {
      const taken = new Uint8Array(truth.length);
      const free = (g: number) => taken[g] === 0 || truth.crowd[g] === 1;
      for (let d = 0; d < found.length; d++) {
        const own = overlaps.subarray(d * truth.length, (d + 1) * truth.length);
        const place = partnerOf(wanted, own, free, threshold);
        if (place >= 0) taken[wanted.order[place]] = 1;
        verdicts[row * found.length + d] = verdictOf(place, wanted, () =>
          outside(areaOf(found.extents, 4 * d), range),
        );
      }
    }
    return { count: wanted.count, verdicts };
  });
}

/** Of a box that was taken for the one at a place, or for none: then it counts only if its own area does. */
function verdictOf(place: number, { count }: Wanted, isOutside: () => boolean): Verdict {
  if (place >= 0) return place < count ? RIGHT : UNCOUNTED;
  return isOutside() ? UNCOUNTED : WRONG;
}
