// The loss of LCFCN (Laradji et al. 2018, "Where are the blobs: counting by localization with point supervision",
// arXiv 1807.09856): a blob for each point, from points alone. It has four terms, each the cross-entropy of some
// pixels: of the whole image, of the points, of the borders between them, and of blobs without a point.

import type { Size } from "../../data/index.js";
import { findBlobs } from "../../data/index.js";
import { blackTopHat, bordersOf, watershed } from "./watershed.js";

/** The four terms. */
export const termNames = ["image", "points", "split", "falsePositive"] as const;
export type TermName = (typeof termNames)[number];

/** Pixels that should belong to a blob, or should not; the mean of their cross-entropies counts `weight` times. */
export interface Term {
  readonly name: TermName;
  readonly weight: number;
  readonly pixels: readonly number[];
  readonly target: 0 | 1;
}

/** Whether a logit says that a pixel belongs to a blob. */
export const isBlob = (logit: number): boolean => logit > 0;

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** The pixel whose logit is the most extreme; at a tie the first. */
function extreme(logits: ArrayLike<number>, better: (a: number, b: number) => boolean): number {
  let best = 0;
  for (let at = 1; at < logits.length; at++) if (better(logits[at], logits[best])) best = at;
  return best;
}

/** Something that should lie in a blob, and something that should not, wherever the net is surest of it. */
function imageTerms(logits: ArrayLike<number>, points: number): Term[] {
  const term = (pixel: number, target: 0 | 1): Term => ({
    ...{ name: "image", weight: 1 },
    ...{ pixels: [pixel], target },
  });
  const least = term(
    extreme(logits, (a, b) => a < b),
    0,
  );
  const most = term(
    extreme(logits, (a, b) => a > b),
    1,
  );
  return [...(points < logits.length ? [least] : []), ...(points > 0 ? [most] : [])];
}

/** Borders between all points, and within each blob between its own. */
function splitTerms(
  logits: Float32Array,
  size: Size,
  blobs: Int32Array,
  points: readonly number[],
): Term[] {
  if (points.length < 2) return [];
  const heights = blackTopHat(Float64Array.from(logits, sigmoid), size);
  const term = (own: readonly number[], inside?: (at: number) => boolean): Term => {
    const pixels = bordersOf(watershed(heights, size, own, inside), size);
    return { name: "split", weight: own.length - 1, pixels, target: 0 };
  };
  const within = new Map<number, number[]>();
  for (const at of points) {
    if (blobs[at] !== 0) within.set(blobs[at], [...(within.get(blobs[at]) ?? []), at]);
  }
  const crowded = [...within].filter(([, own]) => own.length > 1);
  return [term(points), ...crowded.map(([blob, own]) => term(own, (at) => blobs[at] === blob))];
}

/** Blobs in which no point lies. */
function falseTerms(blobs: Int32Array, count: number, points: readonly number[]): Term[] {
  const marked = new Set(points.map((at) => blobs[at]));
  const pixels = Array.from({ length: count + 1 }, (): number[] => []);
  for (const [at, blob] of blobs.entries()) if (blob !== 0) pixels[blob].push(at);
  return pixels.flatMap((own, blob): Term[] =>
    blob === 0 || marked.has(blob)
      ? []
      : [{ name: "falsePositive", weight: 1, pixels: own, target: 0 }],
  );
}

/**
 * The terms of a map of logits.
 *
 * @param logits [h * w]
 * @param points pixels that hold a point
 * @param without terms that are left out
 */
export function termsOf(
  logits: Float32Array,
  size: Size,
  points: readonly number[],
  without: readonly TermName[] = [],
): Term[] {
  const { of: blobs, count } = findBlobs(size, (at) => isBlob(logits[at]));
  const own: Term = { name: "points", weight: points.length, pixels: points, target: 1 };
  const terms = [
    ...imageTerms(logits, points.length),
    own,
    ...(without.includes("split") ? [] : splitTerms(logits, size, blobs, points)),
    ...falseTerms(blobs, count, points),
  ];
  return terms.filter(({ name, pixels }) => pixels.length > 0 && !without.includes(name));
}

/** The cross-entropy of a logit. */
const crossEntropy = (z: number, target: 0 | 1): number =>
  Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)));

/**
 * The sum of the terms of a map.
 *
 * @param gradient gets the derivative by each logit, times `scale` [h * w]
 */
export function sumTerms(
  logits: Float32Array,
  terms: readonly Term[],
  gradient: Float32Array,
  scale: number,
): number {
  let loss = 0;
  for (const { weight, pixels, target } of terms) {
    const each = weight / pixels.length;
    for (const at of pixels) {
      loss += each * crossEntropy(logits[at], target);
      gradient[at] += scale * each * (sigmoid(logits[at]) - target);
    }
  }
  return loss;
}
