// k-means (Lloyd 1982), by seeds that lie apart (k-means++, Arthur and Vassilvitskii 2007, SODA) or by given ones. Whoever
// has an engine gives the products: nearly all the time goes into which centre is nearest.

import { InputError } from "../inputError.js";
import { Random, type RandomKey } from "../tensor/philox.js";
import { DEFAULT_RANDOM } from "./estimator.js";
import { checkFinite, type Matrix, rowOf, takeRows } from "./matrix.js";

/** Which centre is nearest to each point. */
export interface Assignment {
  /** Number of the nearest centre [points]; the first of those that are equally near. */
  readonly labels: Int32Array;
  /** Squared distance to it [points]. */
  readonly distances: Float32Array | Float64Array;
}

/** Finds the nearest centres. */
export type Assign = (points: Matrix, centres: Matrix) => Assignment | Promise<Assignment>;

/** Clusters that were found. */
export interface Clusters extends Assignment {
  /** Means of the clusters [clusters, columns]. */
  readonly centres: Matrix;
  /** Points of each cluster [clusters]. */
  readonly sizes: Int32Array;
  /** Sum of the squared distances. */
  readonly inertia: number;
  /** Rounds until no point changed its cluster, or as many as were allowed. */
  readonly iterations: number;
}

/** Settings of {@link kmeans}. */
export interface KMeansOptions {
  /** Most rounds; default 20. */
  readonly iterations?: number;
  /** First centres [clusters, columns]; default drawn by k-means++. */
  readonly seeds?: Matrix;
  /** Names the random numbers of k-means++; default seed 0. */
  readonly random?: RandomKey;
  /** Finds nearest centres; default a loop on the host, in double precision. */
  readonly assign?: Assign;
}

function squaredDistance(a: Matrix["data"], b: Matrix["data"]): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] - b[at]) ** 2;
  return sum;
}

/** Nearest centres by a loop over all pairs. */
export function nearestCentres(points: Matrix, centres: Matrix): Assignment {
  const labels = new Int32Array(points.rows);
  const distances = new Float64Array(points.rows).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < points.rows; row++) {
    const point = rowOf(points, row);
    for (let centre = 0; centre < centres.rows; centre++) {
      const distance = squaredDistance(point, rowOf(centres, centre));
      if (distance >= distances[row]) continue;
      distances[row] = distance;
      labels[row] = centre;
    }
  }
  return { labels, distances };
}

/** Rows that lie apart: each is drawn by its squared distance to the nearest one before it. */
export function plusPlusSeeds(points: Matrix, clusters: number, random: RandomKey): Matrix {
  const drawn = new Random(random);
  const nearest = new Float64Array(points.rows).fill(Number.POSITIVE_INFINITY);
  const chosen: number[] = [];
  let next = drawn.integer(points.rows);
  while (chosen.push(next) < clusters) {
    const last = rowOf(points, next);
    let total = 0;
    for (let row = 0; row < points.rows; row++) {
      nearest[row] = Math.min(nearest[row], squaredDistance(rowOf(points, row), last));
      total += nearest[row];
    }
    let left = drawn.uniform() * total;
    next = nearest.findIndex((distance) => (left -= distance) < 0);
    // Of points that are all equal to a seed any is as good.
    if (next < 0) next = drawn.integer(points.rows);
  }
  return takeRows(points, chosen);
}

/** Means of clusters; one without points begins anew at the point of the largest cluster that is farthest from its centre. */
function meansOf(points: Matrix, { labels, distances }: Assignment, centres: Matrix): Matrix {
  const { rows: clusters, columns } = centres;
  const sums = new Float64Array(clusters * columns);
  const sizes = sizesOf(labels, clusters);
  for (let row = 0; row < points.rows; row++) {
    const point = rowOf(points, row);
    const start = labels[row] * columns;
    for (let at = 0; at < columns; at++) sums[start + at] += point[at];
  }
  for (let at = 0; at < sums.length; at++) sums[at] /= sizes[Math.floor(at / columns)] || 1;
  const taken = new Set<number>();
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (sizes[cluster] > 0) continue;
    const largest = sizes.indexOf(sizes.reduce((a, b) => Math.max(a, b)));
    let farthest = -1;
    for (let row = 0; row < points.rows; row++) {
      if (labels[row] !== largest || taken.has(row)) continue;
      if (farthest < 0 || distances[row] > distances[farthest]) farthest = row;
    }
    taken.add(farthest);
    sums.set(rowOf(points, farthest), cluster * columns);
    sizes[largest]--;
    sizes[cluster]++;
  }
  return { data: sums, rows: clusters, columns };
}

function sizesOf(labels: Int32Array, clusters: number): Int32Array {
  const sizes = new Int32Array(clusters);
  for (const label of labels) sizes[label]++;
  return sizes;
}

/**
 * Clusters of points [points, columns], each the points that are nearest to its mean.
 *
 * @throws InputError for fewer points than clusters, seeds of another shape, or naming row and column of a number that is
 *   not finite.
 * @example
 * const points = matrixOf([[0, 0], [0, 1], [9, 9], [9, 8]]);
 * const { centres, sizes } = await kmeans(points, 2);
 * [...sizes]; // [2, 2]
 * [...centres.data].sort((a, b) => a - b); // [0, 0.5, 8.5, 9]
 */
export async function kmeans(
  points: Matrix,
  clusters: number,
  { iterations = 20, seeds, random = DEFAULT_RANDOM, assign = nearestCentres }: KMeansOptions = {},
): Promise<Clusters> {
  if (!(Number.isInteger(clusters) && clusters >= 1 && clusters <= points.rows)) {
    throw new InputError(
      `k-means: ${clusters} clusters of ${points.rows} points; expected a whole number from 1 to ${points.rows}`,
    );
  }
  if (seeds && (seeds.rows !== clusters || seeds.columns !== points.columns)) {
    throw new InputError(
      `k-means: seeds [${seeds.rows}, ${seeds.columns}]; expected [${clusters}, ${points.columns}]`,
    );
  }
  checkFinite(points);
  let centres = seeds ?? plusPlusSeeds(points, clusters, random);
  let found = await assign(points, centres);
  let done = 1;
  for (; done < iterations; done++) {
    centres = meansOf(points, found, centres);
    const next = await assign(points, centres);
    const settled = next.labels.every((label, at) => label === found.labels[at]);
    found = next;
    if (settled) break;
  }
  let inertia = 0;
  for (const distance of found.distances) inertia += distance;
  const sizes = sizesOf(found.labels, clusters);
  return { ...found, centres, sizes, inertia, iterations: done };
}
