// Average precision and recall of boxes as COCO defines them (pycocotools' COCOeval; Lin et al. 2014, "Microsoft COCO:
// common objects in context", arXiv 1405.0312).

import { AREAS, matchBoxes, OVERLAPS, RIGHT, UNCOUNTED } from "./matching.js";

/** Numbers of a box: left, top, width, height, class, and score (of a found one) or 1 for a crowd. */
const ROW = 6;

/** Best boxes of an image and class that count. */
export const MOST_FOUND = 100;

/** Recalls at which precision is taken: 0, 0.01, ..., 1. */
const RECALLS = 101;

const NO_RECALL = 2 ** -52;

type Area = keyof typeof AREAS;
const areas = Object.keys(AREAS) as readonly Area[];

/** Verdicts of a found box: two bits for each range of areas and overlap. */
const VERDICTS = areas.length * OVERLAPS.length;

/** COCO's twelve numbers; NaN where there is no box to be found (COCO has -1). */
export interface BoxScores {
  /** Mean over overlaps from 0.5 to 0.95, and at one of them. */
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  /** Of boxes up to 32 x 32 pixels, up to 96 x 96, and above. */
  readonly apSmall: number;
  readonly apMedium: number;
  readonly apLarge: number;
  /** Recall, mean over the same overlaps, of the best box of each image and class, the best 10, the best 100. */
  readonly ar1: number;
  readonly ar10: number;
  readonly ar100: number;
  readonly arSmall: number;
  readonly arMedium: number;
  readonly arLarge: number;
}

/** Found boxes of one class in the order in which they came, in arrays that grow. */
class FoundBoxes {
  length = 0;
  scores = new Float64Array(64);
  /** Place of each among those of its image, best first. */
  ranks = new Uint8Array(64);
  /** {@link VERDICTS} of each. */
  verdicts = new Uint8Array(64 * VERDICTS);

  add(score: number, rank: number): number {
    if (this.length === this.scores.length) this.grow();
    this.scores[this.length] = score;
    this.ranks[this.length] = rank;
    return this.length++;
  }

  private grow(): void {
    const { scores, ranks, verdicts } = this;
    this.scores = new Float64Array(2 * scores.length);
    this.ranks = new Uint8Array(2 * ranks.length);
    this.verdicts = new Uint8Array(2 * verdicts.length);
    this.scores.set(scores);
    this.ranks.set(ranks);
    this.verdicts.set(verdicts);
  }

  /** Places by score, best first; of equals the one that came first. */
  inOrder(): Uint32Array {
    const places = Uint32Array.from({ length: this.length }, (_, at) => at);
    return places.sort((a, b) => this.scores[b] - this.scores[a] || a - b);
  }
}

/** Of one class, range of areas and overlap. */
interface Curve {
  /** Precision at recalls from 0 to 1, averaged. */
  readonly precision: number;
  /** Largest recall. */
  readonly recall: number;
}

/** Where the rows of a class begin. */
function placesOf(rows: ArrayLike<number>, of: number): number[] {
  const places: number[] = [];
  for (let at = 0; at < rows.length; at += ROW) if (rows[at + 4] === of) places.push(at);
  return places;
}

const extentsOf = (rows: ArrayLike<number>, places: readonly number[]): Float64Array =>
  Float64Array.from(places.flatMap((at) => [rows[at], rows[at + 1], rows[at + 2], rows[at + 3]]));

/** Mean without what is not known; NaN of nothing. */
function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/**
 * Sums over an evaluation, image by image. It keeps 49 bytes of each of the best {@link MOST_FOUND} boxes of an image and
 * class, and of boxes that are there their number.
 *
 * @example
 * import { AveragePrecision } from "convoynet/tasks";
 * const sums = new AveragePrecision(1);
 * sums.add([0, 0, 10, 10, 0, 0], [0, 0, 10, 8, 0, 0.9]);
 * const { ap50, ap75, ap } = sums.values();
 * [ap50, ap75, ap].map((value) => value.toFixed(2)); // ["1.00", "1.00", "0.70"]
 */
export class AveragePrecision {
  private readonly found: readonly FoundBoxes[];
  /** Boxes to be found, of each class in each range of areas. */
  private readonly counts: readonly Float64Array[];

  constructor(readonly classes: number) {
    this.found = Array.from({ length: classes }, () => new FoundBoxes());
    this.counts = Array.from({ length: classes }, () => new Float64Array(areas.length));
  }

  /**
   * Adds an image.
   *
   * @param truth boxes that are there, in pixels: left, top, width, height, class, crowd (1, else 0)
   * @param found boxes that are said: left, top, width, height, class, score; of equal scores the first one goes first
   */
  add(truth: ArrayLike<number>, found: ArrayLike<number>): void {
    for (let of = 0; of < this.classes; of++) {
      const said = placesOf(found, of);
      const there = placesOf(truth, of);
      if (said.length > 0 || there.length > 0) this.addClass(of, truth, there, found, said);
    }
  }

  private addClass(
    of: number,
    truth: ArrayLike<number>,
    there: readonly number[],
    found: ArrayLike<number>,
    said: readonly number[],
  ): void {
    const best = [...said].sort((a, b) => found[b + 5] - found[a + 5]).slice(0, MOST_FOUND);
    const matches = matchBoxes(
      { extents: extentsOf(found, best), length: best.length },
      {
        extents: extentsOf(truth, there),
        crowd: there.map((at) => truth[at + 5]),
        length: there.length,
      },
    );
    for (const [area, { count }] of matches.entries()) this.counts[of][area] += count;
    for (const [rank, at] of best.entries()) {
      const place = this.found[of].add(found[at + 5], rank);
      const { verdicts } = this.found[of];
      for (const [area, match] of matches.entries()) {
        for (const row of OVERLAPS.keys()) {
          const to = place * VERDICTS + area * OVERLAPS.length + row;
          verdicts[to] = match.verdicts[row * best.length + rank];
        }
      }
    }
  }

  /** The curve of precision over recall of one class, of the best `most` boxes of each image. */
  private curve(of: number, order: Uint32Array, column: number, most: number): Curve {
    const { verdicts, ranks } = this.found[of];
    const count = this.counts[of][Math.floor(column / OVERLAPS.length)];
    if (count === 0) return { precision: Number.NaN, recall: Number.NaN };
    const [recalls, precisions] = [[] as number[], [] as number[]];
    let [right, wrong] = [0, 0];
    for (const place of order) {
      const verdict = verdicts[place * VERDICTS + column];
      if (ranks[place] >= most) continue;
      if (verdict === RIGHT) right++;
      else if (verdict !== UNCOUNTED) wrong++;
      recalls.push(right / count);
      precisions.push(right / (right + wrong + NO_RECALL));
    }
    return { precision: interpolated(recalls, precisions), recall: recalls.at(-1) ?? 0 };
  }

  /** Curves of a class at all overlaps. */
  private curves(of: number, area: Area, most = MOST_FOUND): Curve[] {
    const order = this.found[of].inOrder();
    const first = areas.indexOf(area) * OVERLAPS.length;
    return OVERLAPS.map((_, row) => this.curve(of, order, first + row, most));
  }

  /** Average precision of one class: over all overlaps, and at 0.5; NaN where it has no box. */
  ofClass(of: number): { readonly ap: number; readonly ap50: number } {
    const precisions = this.curves(of, "all").map(({ precision }) => precision);
    return { ap: mean(precisions), ap50: precisions[0] };
  }

  /** All of it, over the classes that have boxes. */
  values(): BoxScores {
    const classes = [...this.found.keys()];
    const curves = (area: Area, most?: number) => classes.map((of) => this.curves(of, area, most));
    const precisionOf = (all: readonly Curve[][]) =>
      mean(all.flat().map(({ precision }) => precision));
    const recallOf = (all: readonly Curve[][]) => mean(all.flat().map(({ recall }) => recall));
    const [all, small, medium, large] = areas.map((area) => curves(area));
    const at = (row: number) => mean(all.map((own) => own[row].precision));
    return {
      ap: precisionOf(all),
      ap50: at(0),
      ap75: at(5),
      apSmall: precisionOf(small),
      apMedium: precisionOf(medium),
      apLarge: precisionOf(large),
      ar1: recallOf(curves("all", 1)),
      ar10: recallOf(curves("all", 10)),
      ar100: recallOf(all),
      arSmall: recallOf(small),
      arMedium: recallOf(medium),
      arLarge: recallOf(large),
    };
  }
}

/** Mean over {@link RECALLS} of the largest precision at that recall or more; 0 where it is never reached. */
function interpolated(recalls: readonly number[], precisions: readonly number[]): number {
  const largest = [...precisions];
  for (let at = largest.length - 2; at >= 0; at--) {
    largest[at] = Math.max(largest[at], largest[at + 1]);
  }
  let [sum, place] = [0, 0];
  for (let step = 0; step < RECALLS; step++) {
    while (place < recalls.length && recalls[place] < step * 0.01) place++;
    sum += largest[place] ?? 0;
  }
  return sum / RECALLS;
}
