// Which images a net takes for alike: the nearest of one, pairs that are nearly the same, and images that are like no other.

import { largest, similarities, unitRows } from "../tasks/index.js";
import type { Features } from "./features.js";

/** An image, by its number, and the cosine of its features and another image's. */
export interface Near {
  readonly at: number;
  readonly similarity: number;
}

/** Two images that are nearly the same. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

/** What all images are to each other. */
export interface Likeness {
  /** Pairs from a similarity on, the most alike first. */
  readonly pairs: readonly Pair[];
  /** Images by how little they are like their nearest others, the oddest first; `similarity` is the mean over these. */
  readonly odd: readonly Near[];
}

/** Settings of {@link likenessOf}. */
export interface LikenessOptions {
  /** Similarity from which two images are a pair; default 0.999. */
  readonly pairsFrom?: number;
  /** Nearest others that say how odd an image is; default 10. */
  readonly among?: number;
}

/**
 * The images whose features are nearest to a row, the nearest first.
 *
 * @example
 * const features = { of: Float32Array.of(1, 0, 0, 1, 2, 0.1), width: 2 };
 * nearestTo(Float32Array.of(1, 0), features, 2).map(({ at }) => at); // [0, 2]
 */
export function nearestTo(row: Float32Array, { of, width }: Features, count: number): Near[] {
  const found = new Float32Array(of.length / width);
  similarities(unitRows(row, width), unitRows(of, width), found);
  return Array.from(largest(found, Math.min(count, found.length)), (at) => ({
    at,
    similarity: found[at],
  }));
}

/**
 * Compares all images with all others: as many products as there are pairs.
 *
 * @example
 * const features = { of: Float32Array.of(1, 0, 1, 0.001, 0, 1), width: 2 };
 * const { pairs, odd } = likenessOf(features, { among: 1 });
 * [pairs[0].a, pairs[0].b, odd[0].at]; // [0, 1, 2]
 */
export function likenessOf(
  { of, width }: Features,
  { pairsFrom = 0.999, among = 10 }: LikenessOptions = {},
): Likeness {
  const unit = unitRows(of, width);
  const count = of.length / width;
  const found = new Float32Array(count);
  const pairs: Pair[] = [];
  const odd: Near[] = [];
  for (let at = 0; at < count; at++) {
    similarities(unit.subarray(at * width, (at + 1) * width), unit, found);
    for (let b = at + 1; b < count; b++) {
      if (found[b] >= pairsFrom) pairs.push({ a: at, b, similarity: found[b] });
    }
    found[at] = Number.NEGATIVE_INFINITY;
    const near = largest(found, Math.min(among, count - 1));
    const sum = near.reduce((total, other) => total + found[other], 0);
    odd.push({ at, similarity: sum / Math.max(1, near.length) });
  }
  return {
    pairs: pairs.sort((x, y) => y.similarity - x.similarity),
    odd: odd.sort((x, y) => x.similarity - y.similarity),
  };
}
