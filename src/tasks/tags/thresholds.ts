// Probabilities from which tags are said, one for each: chosen for the F of each image, in which tags depend on each
// other, so they are gone over in turn until nothing gains (coordinate ascent).

import { Random } from "../../tensor/philox.js";
import { fBeta } from "./metrics.js";

/** Probabilities and truths (0, 1) of images, row by row [images * tags]. */
export interface Judged {
  readonly probabilities: ArrayLike<number>;
  readonly truth: ArrayLike<number>;
  readonly tags: number;
}

/** Settings of {@link tuneThresholds}. */
export interface ThresholdOptions {
  /** How much more recall counts than precision; default 2. */
  readonly beta?: number;
  /** Where all thresholds begin; default 0.5. */
  readonly start?: number;
  /** Most times that all tags are gone over; default 5. */
  readonly passes?: number;
}

/** Thresholds that are tried. */
const GRID = Array.from({ length: 49 }, (_, at) => (at + 1) / 50);

/** What is said of each image, and what is there. */
interface Sums {
  readonly right: Float64Array;
  readonly said: Float64Array;
  readonly there: Float64Array;
}

const imagesOf = ({ truth, tags }: Judged) => truth.length / tags;

/** Counts a tag into the sums of every image, `sign` times. */
function countTag(
  { probabilities, truth, tags }: Judged,
  tag: number,
  from: number,
  sums: Sums,
  sign: number,
) {
  for (let image = 0; image < sums.said.length; image++) {
    const at = image * tags + tag;
    if (probabilities[at] < from) continue;
    sums.said[image] += sign;
    sums.right[image] += sign * truth[at];
  }
}

function sumsOf(judged: Judged, thresholds: readonly number[]): Sums {
  const images = imagesOf(judged);
  const sums = {
    right: new Float64Array(images),
    said: new Float64Array(images),
    there: new Float64Array(images),
  };
  for (const [tag, from] of thresholds.entries()) {
    countTag(judged, tag, from, sums, 1);
    for (let image = 0; image < images; image++) {
      sums.there[image] += judged.truth[image * judged.tags + tag];
    }
  }
  return sums;
}

function meanF({ right, said, there }: Sums, beta: number): number {
  let sum = 0;
  for (let at = 0; at < said.length; at++) {
    sum += fBeta({ right: right[at], said: said[at], there: there[at] }, beta, 1);
  }
  return sum / said.length;
}

/**
 * The F of each image, averaged; 1 where nothing is there and nothing is said.
 *
 * @param thresholds a tag is said from its one on
 */
export const fOfImages = (judged: Judged, thresholds: readonly number[], beta = 2): number =>
  meanF(sumsOf(judged, thresholds), beta);

/**
 * Thresholds that make the F of each image large on average: never worse than where they start, on these images.
 *
 * @returns one for each tag
 * @example
 * const judged = { probabilities: [0.3, 0.9, 0.1, 0.2], truth: [1, 1, 0, 0], tags: 2 };
 * const found = tuneThresholds(judged);
 * fOfImages(judged, found); // 1
 */
export function tuneThresholds(
  judged: Judged,
  { beta = 2, start = 0.5, passes = 5 }: ThresholdOptions = {},
): number[] {
  const thresholds = new Array<number>(judged.tags).fill(start);
  const sums = sumsOf(judged, thresholds);
  let best = meanF(sums, beta);
  for (let pass = 0; pass < passes; pass++) {
    const before = best;
    for (const tag of thresholds.keys()) {
      countTag(judged, tag, thresholds[tag], sums, -1);
      for (const from of GRID) {
        countTag(judged, tag, from, sums, 1);
        const found = meanF(sums, beta);
        countTag(judged, tag, from, sums, -1);
        if (found > best) [best, thresholds[tag]] = [found, from];
      }
      countTag(judged, tag, thresholds[tag], sums, 1);
    }
    if (best === before) break;
  }
  return thresholds;
}

/** The images at the given numbers. */
function taken({ probabilities, truth, tags }: Judged, images: readonly number[]): Judged {
  const rows = (all: ArrayLike<number>) =>
    images.flatMap((image) => Array.from({ length: tags }, (_, tag) => all[image * tags + tag]));
  return { probabilities: rows(probabilities), truth: rows(truth), tags };
}

/**
 * What tuned thresholds are worth on images that they were not chosen on: each fold is told by thresholds that the other
 * folds chose.
 *
 * @param folds default 5
 * @returns the F of each image, averaged over all
 */
export function crossFit(
  judged: Judged,
  { folds = 5, seed = 0, ...options }: ThresholdOptions & { folds?: number; seed?: number } = {},
): number {
  const random = new Random({ seed, purpose: "split" });
  const order = Array.from({ length: imagesOf(judged) }, (_, at) => at);
  for (let at = order.length - 1; at > 0; at--) {
    const other = random.integer(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  let sum = 0;
  for (let fold = 0; fold < folds; fold++) {
    const [held, others] = [0, 1].map((side) =>
      order.filter((_, at) => Number(at % folds !== fold) === side),
    );
    if (held.length === 0) continue;
    const thresholds = tuneThresholds(taken(judged, others), options);
    sum += held.length * fOfImages(taken(judged, held), thresholds, options.beta);
  }
  return sum / order.length;
}
