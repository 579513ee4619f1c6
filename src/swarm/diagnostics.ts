// What can be said of a swarm from numbers alone: sums of products of vectors that the engines worked
// out, and scores. Effective learning rate and landscape noise are those of Zhang et al. 2021
// (arXiv 2112.01433).

import type { Score } from "../tasks/index.js";

/** The product <i, j> of two of a list of vectors. */
export type Products = (i: number, j: number) => number;

/**
 * The distance of two points from their products <a, a>, <a, b> and <b, b>: that of two particles, or
 * how far a move went.
 */
export const distance = (aa: number, ab: number, bb: number): number =>
  Math.sqrt(Math.max(aa - 2 * ab + bb, 0));

/** Distances of all pairs of points, as a square table. */
export const distances = (product: Products, count: number): readonly (readonly number[])[] =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => distance(product(i, i), product(i, j), product(j, j))),
  );

/**
 * Consensus distance: the mean squared distance of points to their mean, which is half the mean of the
 * squared distances of all pairs. 0 for one point and for none.
 *
 * @param points numbers of the points that count
 * @example
 * consensusDistance([0, 1], () => 2); // 1
 */
export function consensusDistance(
  points: readonly number[],
  distance: (i: number, j: number) => number,
): number {
  let sum = 0;
  for (const [at, i] of points.entries()) {
    for (const j of points.slice(0, at)) sum += distance(i, j) ** 2;
  }
  return points.length > 0 ? sum / points.length ** 2 : 0;
}

/** Products of a step's gradient, averaged over learners, with that of a large batch at their mean. */
export interface GradientProducts {
  /** Squared norm of the averaged gradient g_a. */
  readonly averaged: number;
  /** <g_a, g>. */
  readonly both: number;
  /** Squared norm of the large batch's gradient g. */
  readonly large: number;
}

/**
 * Products of an averaged gradient from those of the learners' own.
 *
 * @param own products of the learners' gradients
 * @param withLarge product of each learner's gradient with that of the large batch
 * @param large squared norm of the large batch's gradient
 */
export function averagedProducts(
  own: Products,
  withLarge: readonly number[],
  large: number,
): GradientProducts {
  const count = withLarge.length;
  let averaged = 0;
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) averaged += own(i, j);
  return {
    averaged: averaged / count ** 2,
    both: withLarge.reduce((sum, product) => sum + product, 0) / count,
    large,
  };
}

/** A step of the learners' mean, divided into descent and noise. */
export interface StepParts {
  /** The rate alpha_e at which the mean goes down the large batch's gradient. */
  readonly effectiveRate: number;
  /** Squared length Delta of the rest of the step, which is at right angles to that gradient. */
  readonly noise: number;
}

/**
 * Divides the step -alpha g_a of the mean into -alpha_e g + zeta with <zeta, g> = 0:
 * alpha_e = alpha <g_a, g> / |g|^2, Delta = |zeta|^2. Where g is zero, all of the step is noise.
 *
 * @example
 * divideStep(0.5, { averaged: 5, both: 2, large: 4 }); // { effectiveRate: 0.25, noise: 1 }
 */
export function divideStep(rate: number, { averaged, both, large }: GradientProducts): StepParts {
  const effectiveRate = large > 0 ? (rate * both) / large : 0;
  return { effectiveRate, noise: Math.max(rate ** 2 * averaged - effectiveRate ** 2 * large, 0) };
}

/**
 * The part of the noise that comes from the learners standing at different points: Delta less that of
 * the same batches' gradients, all taken at the mean. Negative where the spread calms the step.
 */
export const landscapeNoise = (
  rate: number,
  apart: GradientProducts,
  together: GradientProducts,
): number => divideStep(rate, apart).noise - divideStep(rate, together).noise;

/** How far the scores of a round lie apart. */
export interface ScoreSpread {
  readonly best: number;
  readonly worst: number;
  readonly mean: number;
  /** How far best and worst lie apart. */
  readonly spread: number;
}

/** The spread of the scores that are known and finite; `undefined` when none is. */
export function scoreSpread(
  scores: readonly (number | undefined)[],
  better: Score["better"] = "higher",
): ScoreSpread | undefined {
  const known = scores.filter((score) => score !== undefined && Number.isFinite(score)) as number[];
  if (known.length === 0) return undefined;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const [best, worst] = better === "higher" ? [high, low] : [low, high];
  const mean = known.reduce((sum, score) => sum + score, 0) / known.length;
  return { best, worst, mean, spread: high - low };
}
