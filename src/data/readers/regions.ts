// Regions of an image, as files of annotations tell of them: polygons, or runs of pixels (COCO's RLE). A pixel lies in a
// polygon when its centre does, by the even-odd rule; a centre on the left or upper edge lies in it, one on the right or
// lower edge does not, so that regions which share an edge neither share nor leave out a pixel.

import type { Size } from "../images.js";
import { type Ragged, ragged } from "../ragged.js";

/** Corners x, y, x, y, ... of polygons, in pixels or as shares of the image; the region is their union. */
export interface Polygons {
  readonly kind: "polygons";
  readonly of: Ragged<Float32Array>;
}

/**
 * Lengths of runs down the columns of an image of a size, from the left; the first run lies outside, the second inside,
 * and so on. A text is COCO's compressed form.
 */
export interface Runs extends Size {
  readonly kind: "runs";
  readonly counts: Uint32Array | string;
}

export type Region = Polygons | Runs;

/** Corners of a region: the work grows with them and with the rows of the image. */
const MOST_CORNERS = 100_000;
/** Numbers of the smallest polygon. */
const SMALLEST = 6;

/**
 * Polygons of lists of numbers.
 *
 * @throws Error, in words, for one of fewer than three corners, half a corner, numbers that are not finite, and too many.
 */
export function polygonsOf(lists: readonly (readonly number[])[]): Polygons {
  for (const numbers of lists) {
    const corners = numbers.length / 2;
    if (!Number.isInteger(corners)) {
      throw new Error(`a polygon of ${numbers.length} numbers; expected x and y of each corner`);
    }
    if (numbers.length < SMALLEST) {
      throw new Error(`a polygon of ${corners} corners; expected at least ${SMALLEST / 2}`);
    }
    const wrong = numbers.find((value) => !Number.isFinite(Math.fround(value)));
    if (wrong !== undefined) throw new Error(`a polygon with the number ${wrong}`);
  }
  const of = ragged(new Float32Array(0), lists);
  if (of.data.length <= 2 * MOST_CORNERS) return { kind: "polygons", of };
  throw new Error(`polygons of ${of.data.length / 2} corners; expected at most ${MOST_CORNERS}`);
}

/** The region of a box. */
export const boxRegion = ([left, top, right, bottom]: readonly number[]): Polygons =>
  polygonsOf([[left, top, right, top, right, bottom, left, bottom]]);

/** Left, top, right and bottom of the box round corners x, y, x, y, ... */
export function boxRound(corners: ArrayLike<number>): [number, number, number, number] {
  const box: [number, number, number, number] = [
    ...[Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ...[Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ] as [number, number, number, number];
  for (let at = 0; at < corners.length; at++) {
    const axis = at % 2;
    box[axis] = Math.min(box[axis], corners[at]);
    box[2 + axis] = Math.max(box[2 + axis], corners[at]);
  }
  return box;
}

/** Polygons in shares of an image as polygons in its pixels. */
export const regionInPixels = ({ of }: Polygons, { height, width }: Size): Polygons => ({
  kind: "polygons",
  of: { ...of, data: of.data.map((value, at) => value * (at % 2 === 0 ? width : height)) },
});

/** Is told of pixels of an image [height, width]: the first one, how many, and the way from each to the next. */
type UseRun = (first: number, count: number, step: number) => void;

type Corner = readonly [x: number, y: number];

/** A side of a polygon: the rows whose centres it crosses, its upper end, and how far it goes to the right in a row. */
interface Edge {
  readonly first: number;
  readonly end: number;
  readonly slope: number;
  readonly x: number;
  readonly y: number;
}

/** The first pixel whose centre is not left of (above) a place. */
const pixelFrom = (place: number, most: number) =>
  Math.min(Math.max(Math.ceil(place - 0.5), 0), most);

/** From the upper end to the lower one, so that an edge that two polygons share lies at the same place for both. */
function edgeOf(a: Corner, b: Corner, height: number): Edge {
  const [[x, y], [endX, endY]] = a[1] < b[1] ? [a, b] : [b, a];
  const [first, end] = [pixelFrom(y, height), pixelFrom(endY, height)];
  return { first, end, slope: (endX - x) / (endY - y), x, y };
}

/** The sides of a polygon that lie in rows of the image, the first ones first. */
function edgesOf(corners: Float32Array, height: number): Edge[] {
  const edges: Edge[] = [];
  let from: Corner = [corners[corners.length - 2], corners[corners.length - 1]];
  for (let at = 0; at < corners.length; at += 2) {
    const to: Corner = [corners[at], corners[at + 1]];
    const edge = edgeOf(from, to, height);
    if (edge.end > edge.first) edges.push(edge);
    from = to;
  }
  return edges.sort((a, b) => a.first - b.first);
}

function eachRunOfPolygon(corners: Float32Array, { height, width }: Size, use: UseRun): void {
  const edges = edgesOf(corners, height);
  let active: Edge[] = [];
  let next = 0;
  for (let row = edges[0]?.first ?? height; next < edges.length || active.length > 0; row++) {
    active = active.filter(({ end }) => end > row);
    while (next < edges.length && edges[next].first === row) active.push(edges[next++]);
    const crossings = Float64Array.from(active, ({ x, y, slope }) => x + (row + 0.5 - y) * slope);
    crossings.sort();
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const from = pixelFrom(crossings[at], width);
      const count = pixelFrom(crossings[at + 1], width) - from;
      if (count > 0) use(row * width + from, count, 1);
    }
  }
}

function eachRunAcross({ of: { data, offsets } }: Polygons, size: Size, use: UseRun): void {
  const [left, top, right, bottom] = boxRound(data);
  if (right <= 0 || bottom <= 0 || left >= size.width || top >= size.height) {
    const where = `from ${left}, ${top} to ${right}, ${bottom} (x, y)`;
    throw new Error(`polygons ${where}, outside an image of ${size.height}x${size.width}`);
  }
  for (let at = 0; at + 1 < offsets.length; at++) {
    eachRunOfPolygon(data.subarray(offsets[at], offsets[at + 1]), size, use);
  }
}

/** Bits of a letter of COCO's compressed counts, and the letter that stands for 0. */
const BITS = 5;
const ZERO = 48;
/** Letters of a number: 35 bits. */
const LONGEST = 7;

/** The counts of COCO's compressed text: numbers of 5 bits a letter, from the fourth on as differences to the last but one. */
function* unpacked(text: string): Generator<number> {
  let [before, last] = [0, 0];
  for (let at = 0, index = 0; at < text.length; index++) {
    let value = 0;
    let more = true;
    for (let place = 0; more; place++) {
      const letter = text.charCodeAt(at++) - ZERO;
      if (!(letter >= 0 && letter < 64) || place === LONGEST) {
        throw new Error(`counts that are no compressed numbers at letter ${at}`);
      }
      more = letter >= 32;
      value += (letter & 31) * 2 ** (BITS * place);
      if (!more && letter & 16) value -= 2 ** (BITS * (place + 1));
    }
    if (index > 2) value += before;
    [before, last] = [last, value];
    yield value;
  }
}

const countsOf = ({ counts }: Runs): Iterable<number> =>
  typeof counts === "string" ? unpacked(counts) : counts;

/** Refuses runs of another image, before anything is made of them. */
function checkRuns(runs: Runs, { height, width }: Size): void {
  if (runs.height !== height || runs.width !== width) {
    const found = `runs of ${runs.height}x${runs.width} pixels (height x width)`;
    throw new Error(`${found}; its image has ${height}x${width}`);
  }
  let sum = 0;
  for (const count of countsOf(runs)) {
    if (count < 0) throw new Error(`a run of ${count} pixels`);
    sum += count;
  }
  if (sum === height * width) return;
  throw new Error(`runs of ${sum} pixels in all; expected ${height * width} (${height}x${width})`);
}

function eachRunDown(runs: Runs, { height, width }: Size, use: UseRun): void {
  let place = 0;
  let inside = false;
  for (const count of countsOf(runs)) {
    for (let left = inside ? count : 0, at = place; left > 0; ) {
      const [column, row] = [Math.floor(at / height), at % height];
      const own = Math.min(left, height - row);
      use(row * width + column, own, width);
      at += own;
      left -= own;
    }
    place += count;
    inside = !inside;
  }
}

/**
 * Tells of the pixels of a region in pixels. Those that several of its polygons share are told of several times.
 *
 * @throws Error, in words, for runs of an image of another size or that do not fill it, and for polygons outside it.
 * @example
 * const told: number[][] = [];
 * eachRun(boxRegion([1, 0, 3, 1]), { height: 2, width: 4 }, (...run) => told.push(run));
 * told; // [[1, 2, 1]]
 */
export function eachRun(region: Region, size: Size, use: UseRun): void {
  if (region.kind === "runs") {
    checkRuns(region, size);
    eachRunDown(region, size, use);
  } else {
    eachRunAcross(region, size, use);
  }
}
