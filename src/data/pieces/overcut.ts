// Heuristic over-segmentation of a line (LeCun, Bottou, Bengio and Haffner 1998, section V.A): cuts from top to bottom
// wherever one sign might end, rather too many than too few. A cut is the way down that meets the least ink near a column;
// it may bend, so that slanted signs are cut apart where they do not touch.

import type { Image } from "../images.js";
import { INKED, type Ink, type InkedLine, inkedLine } from "./ink.js";

/** What it costs to go one column aside, in pixels of ink. */
const ASIDE = 0.15;
/** Rows in which columns are looked for, of the height: points and commas stand below what is beside them. */
const LEVELS = [0.5, 0.85];
/** Most ink that a cut goes through, of each row of the line. */
const MOST_INK = 0.4;
/** A cut through less ink is a gap. */
const GAP = 0.5;
/** Least distance of a cut through ink to another, mean over the rows, of the height. */
const APART = 0.08;
/** Least ink of a piece in pixels, of height 28. */
const SPECK = 4;

/** A line cut into atoms. */
export interface Cuts {
  readonly ink: InkedLine;
  /** Of each cut, from left to right, the first column right of it in each row [height]; one before the ink, one behind it. */
  readonly paths: readonly Int32Array[];
}

/** Sums over ways that end in each pixel, row by row from the first to the last of `rows`, and the step by which each came. */
function ways(cost: Float32Array, width: number, rows: readonly number[]) {
  const sums = new Float32Array(cost.length);
  const steps = new Int8Array(cost.length);
  sums.set(cost.subarray(rows[0] * width, (rows[0] + 1) * width), rows[0] * width);
  for (const [at, y] of rows.entries()) {
    if (at === 0) continue;
    const above = rows[at - 1] * width;
    for (let x = 0; x < width; x++) {
      let [best, step] = [sums[above + x], 0];
      const [left, right] = [above + x - 1, above + x + 1];
      if (x > 0 && sums[left] + ASIDE < best) [best, step] = [sums[left] + ASIDE, -1];
      if (x + 1 < width && sums[right] + ASIDE < best) [best, step] = [sums[right] + ASIDE, 1];
      sums[y * width + x] = best + cost[y * width + x];
      steps[y * width + x] = step;
    }
  }
  return { sums, steps };
}

/** A way from top to bottom: its column in each row, and the ink on it with what its bends cost. */
interface Seam {
  readonly path: Int32Array;
  readonly cost: number;
}

/** Local minima of costs, of level ones the middle. */
function minima(costs: Float32Array, most: number): number[] {
  const found: number[] = [];
  for (let first = 0; first < costs.length; ) {
    let end = first + 1;
    while (end < costs.length && Math.abs(costs[end] - costs[first]) < 1e-4) end++;
    const rises = (at: number) => at < 0 || at >= costs.length || costs[at] > costs[first];
    if (rises(first - 1) && rises(end) && costs[first] <= most) found.push((first + end) >> 1);
    first = end;
  }
  return found;
}

/** The cheapest ways from top to bottom through columns of the rows looked at, the cheapest first. */
function seamsOf({ height, width, data }: Ink): Seam[] {
  const cost = Float32Array.from(data, (byte) => (byte < INKED / 2 ? 0 : byte / 255));
  const rows = Array.from({ length: height }, (_, y) => y);
  const [down, up] = [ways(cost, width, rows), ways(cost, width, rows.toReversed())];
  const pathThrough = (row: number, column: number) => {
    const path = new Int32Array(height);
    let x = column;
    for (let y = row; y >= 0; y--) {
      path[y] = x;
      x += down.steps[y * width + x];
    }
    x = column + up.steps[row * width + column];
    for (let y = row + 1; y < height; y++) {
      path[y] = x;
      x += up.steps[y * width + x];
    }
    return path;
  };
  const seams = LEVELS.flatMap((level) => {
    const row = Math.floor(level * height);
    const costs = Float32Array.from({ length: width }, (_, x) => {
      const at = row * width + x;
      return down.sums[at] + up.sums[at] - cost[at];
    });
    return minima(costs, MOST_INK * height).map((x) => ({
      path: pathThrough(row, x),
      cost: costs[x],
    }));
  });
  return seams.sort((a, b) => a.cost - b.cost || a.path[0] - b.path[0]);
}

/** Inked pixels between two ways, on whichever side of each other they are. */
function inkBetween({ data, width }: Ink, one: Int32Array, other: Int32Array): number {
  let count = 0;
  for (const [y, a] of one.entries()) {
    const b = other[y];
    for (let x = Math.min(a, b); x < Math.max(a, b); x++) {
      if (data[y * width + x] >= INKED) count++;
    }
  }
  return count;
}

/** Mean distance of two ways in columns. */
const distance = (one: Int32Array, other: Int32Array): number =>
  one.reduce((sum, x, y) => sum + Math.abs(x - other[y]), 0) / one.length;

const speckOf = ({ height }: Ink) => SPECK * (height / 28) ** 2;

/** Those that part something from what others part already: gaps by the ink between, cuts through ink by their distance too. */
function apart(ink: Ink, seams: readonly Seam[]): Seam[] {
  const [speck, near] = [speckOf(ink), APART * ink.height];
  const taken: Seam[] = [];
  for (const one of seams) {
    const parts = ({ path }: Seam) =>
      inkBetween(ink, path, one.path) >= speck &&
      (one.cost < GAP || distance(path, one.path) >= near);
    if (taken.every(parts)) taken.push(one);
  }
  return taken;
}

const meanOf = (path: Int32Array): number => path.reduce((sum, x) => sum + x, 0) / path.length;

/** Ways from left to right that do not cross, with ink between any two. */
function filled(ink: Ink, seams: readonly Seam[]): Int32Array[] {
  const edge = (column: number) => new Int32Array(ink.height).fill(column);
  const inner = seams.map(({ path }) => path).sort((a, b) => meanOf(a) - meanOf(b));
  const kept = [edge(0)];
  for (const path of [...inner, edge(ink.width)]) {
    const last = kept[kept.length - 1];
    const own = path.map((x, y) => Math.max(x, last[y]));
    if (inkBetween(ink, last, own) >= speckOf(ink)) kept.push(own);
    // What is too little for a piece stays with the piece before it, and in front of all with the next.
    else if (kept.length > 1) kept[kept.length - 1] = own;
  }
  return kept;
}

/**
 * Cuts a grey image of a line, dark on bright or bright on dark. The same image is always cut in the same way, and so is its
 * negative.
 *
 * @param side height in pixels that the line is scaled to
 * @param most atoms between cuts; where there are more, the cuts through the most ink go
 * @returns undefined for an image without ink
 */
export function overcut(image: Image, side: number, most = Infinity): Cuts | undefined {
  const ink = inkedLine(image, side);
  if (!ink) return undefined;
  const seams = apart(ink, seamsOf(ink));
  let paths = filled(ink, seams);
  for (let left = seams.length - 1; paths.length - 1 > most; left--) {
    paths = filled(ink, seams.slice(0, left));
  }
  return paths.length > 1 ? { ink, paths } : undefined;
}
