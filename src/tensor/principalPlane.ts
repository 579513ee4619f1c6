// The ways of points through a space of many dimensions, seen from where they spread most: principal
// component analysis (Pearson 1901) from the points' dot products alone (classical scaling, Torgerson
// 1952), so that nobody needs to hold the points.

import { symmetricEigen } from "./symmetricEigen.js";

/** Points in the plane of their two largest principal components; their mean is (0, 0). */
export interface PrincipalPlane {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Share of the points' variance along each of the two axes; 0 for points that all coincide. */
  readonly shares: readonly [number, number];
}

/** Products of the points after their mean has been subtracted from them. */
function centred(gram: Float64Array, count: number): Float64Array {
  const rows = new Float64Array(count);
  for (const [at, value] of gram.entries()) rows[Math.floor(at / count)] += value / count;
  const all = rows.reduce((sum, value) => sum + value, 0) / count;
  return gram.map((value, at) => value - rows[Math.floor(at / count)] - rows[at % count] + all);
}

/** Of the two directions of an axis, that in which the point farthest out lies. */
function directed(axis: Float64Array): Float64Array {
  const farthest = axis.reduce((a, b) => (Math.abs(b) > Math.abs(a) * (1 + 1e-9) ? b : a), 0);
  return farthest < 0 ? axis.map((value) => -value) : axis;
}

/**
 * The principal plane of points from their dot products.
 *
 * @param gram symmetric [count, count]: entry i * count + j is the product of points i and j
 * @throws RangeError when there are other than count * count products, or some are not finite.
 * @example
 * // The points (1, 0), (3, 0) and (5, 0).
 * const { x, shares } = principalPlane(Float64Array.of(1, 3, 5, 3, 9, 15, 5, 15, 25), 3);
 * [...x].map(Math.round); // [2, 0, -2]
 * shares[0]; // 1
 */
export function principalPlane(gram: Float64Array, count: number): PrincipalPlane {
  if (gram.length !== count ** 2) {
    throw new RangeError(
      `principal plane of ${count} points: expected ${count ** 2} products, found ${gram.length}`,
    );
  }
  const { values, vectors } = symmetricEigen(centred(gram, count), count);
  // What rounding leaves of products of these sizes is no variance.
  const rounding = count * Number.EPSILON * gram.reduce((most, each) => Math.max(most, each), 0);
  const variance = (k: number) => (values[k] > rounding ? values[k] : 0);
  const total = values.reduce((sum, _, k) => sum + variance(k), 0);
  const axis = (k: number) => {
    const length = Math.sqrt(variance(k));
    const entries = Float64Array.from({ length: count }, (_, row) => vectors[row * count + k] ?? 0);
    return directed(entries.map((value) => value * length));
  };
  const share = (k: number) => (total > 0 ? variance(k) / total : 0);
  return { x: axis(0), y: axis(1), shares: [share(0), share(1)] };
}
