// t-SNE (van der Maaten and Hinton 2008, JMLR 9): points of which those are near each other whose rows are, by the
// Kullback-Leibler divergence between how likely rows and how likely points are to be neighbours. All pairs are computed,
// as the paper does; later ones approximate what is far.

import { InputError } from "../../inputError.js";
import { Random } from "../../tensor/philox.js";
import { counted, grouped } from "../../text/format.js";
import { DEFAULT_RANDOM } from "../estimator.js";
import { type Matrix, rowOf } from "../matrix.js";
import { principalPoints } from "./principal.js";
import { checkRows, type Projection } from "./projection.js";

/** Neighbours that a row has, more or less, where there are enough rows. */
const PERPLEXITY = 30;
/** Steps, and in how many of the first ones neighbours draw each other how much more. */
const [STEPS, EARLY, EXAGGERATION] = [1000, 250, 12];
/** Standard deviation of the first coordinate at the beginning (Kobak and Berens 2019, Nature Communications 10). */
const FIRST_STD = 1e-4;
/** Rows at most: a step takes a time for each pair. */
const MOST = 5000;
/** Halvings at most of what a bandwidth can be, and how near an entropy has to come. */
const [HALVINGS, NEAR] = [100, 1e-5];

/** Squared distances from one row to all. */
function distancesFrom(rows: Matrix, row: number, into: Float64Array): void {
  const here = rowOf(rows, row);
  for (let other = 0; other < rows.rows; other++) {
    const there = rowOf(rows, other);
    let sum = 0;
    for (let at = 0; at < here.length; at++) sum += (here[at] - there[at]) ** 2;
    into[other] = sum;
  }
}

/** Turns distances from row `own` into how likely each other row is its neighbour, so that the entropy is as asked. */
function likelihoods(distances: Float64Array, own: number, entropy: number): void {
  let nearest = Number.POSITIVE_INFINITY;
  for (const [at, distance] of distances.entries())
    if (at !== own) nearest = Math.min(nearest, distance);
  let [low, high, precision] = [0, Number.POSITIVE_INFINITY, 1];
  const weight = (at: number) => (at === own ? 0 : Math.exp((nearest - distances[at]) * precision));
  const sums = () => {
    let [total, weighted] = [0, 0];
    for (let at = 0; at < distances.length; at++) {
      const here = weight(at);
      total += here;
      weighted += here * (distances[at] - nearest);
    }
    return { total, found: Math.log(total) + (precision * weighted) / total };
  };
  let now = sums();
  for (let step = 0; step < HALVINGS && Math.abs(now.found - entropy) > NEAR; step++) {
    if (now.found > entropy) low = precision;
    else high = precision;
    precision = high === Number.POSITIVE_INFINITY ? 2 * precision : (low + high) / 2;
    now = sums();
  }
  for (let at = 0; at < distances.length; at++) distances[at] = weight(at) / now.total;
}

/**
 * How likely each pair of rows are neighbours; the sum is 1/2, since each pair stands once.
 *
 * @returns pairs (0, 1), (0, 2), ..., (1, 2), ... [rows * (rows - 1) / 2]
 */
export function pairLikelihoods(rows: Matrix, perplexity: number): Float64Array {
  const count = rows.rows;
  const pairs = new Float64Array((count * (count - 1)) / 2);
  const from = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    distancesFrom(rows, row, from);
    likelihoods(from, row, Math.log(perplexity));
    for (let other = 0; other < count; other++) {
      if (other === row) continue;
      const [a, b] = row < other ? [row, other] : [other, row];
      pairs[a * count - (a * (a + 1)) / 2 + b - a - 1] += from[other] / (2 * count);
    }
  }
  return pairs;
}

/**
 * The gradient of the divergence in one pass over all pairs.
 *
 * @param pairs as {@link pairLikelihoods} gives them
 * @param y points [points, 2]
 * @param exaggeration what the likelihoods are multiplied by
 */
export function gradientOf(pairs: Float64Array, y: Float64Array, exaggeration = 1): Float64Array {
  const count = y.length / 2;
  const drawn = new Float64Array(y.length);
  const pushed = new Float64Array(y.length);
  let total = 0;
  for (let a = 0, pair = 0; a < count; a++) {
    const [ax, ay] = [y[2 * a], y[2 * a + 1]];
    let [drawnX, drawnY, pushedX, pushedY] = [0, 0, 0, 0];
    for (let b = a + 1; b < count; b++, pair++) {
      const dx = ax - y[2 * b];
      const dy = ay - y[2 * b + 1];
      const near = 1 / (1 + dx * dx + dy * dy);
      total += near;
      const draw = pairs[pair] * near;
      const push = near * near;
      drawnX += draw * dx;
      drawnY += draw * dy;
      pushedX += push * dx;
      pushedY += push * dy;
      drawn[2 * b] -= draw * dx;
      drawn[2 * b + 1] -= draw * dy;
      pushed[2 * b] -= push * dx;
      pushed[2 * b + 1] -= push * dy;
    }
    drawn[2 * a] += drawnX;
    drawn[2 * a + 1] += drawnY;
    pushed[2 * a] += pushedX;
    pushed[2 * a + 1] += pushedY;
  }
  return drawn.map((draw, at) => 4 * (exaggeration * draw - pushed[at] / (2 * total)));
}

/** The Kullback-Leibler divergence of the likelihoods of points from those of rows. */
export function divergenceOf(pairs: Float64Array, y: Float64Array): number {
  const count = y.length / 2;
  let [total, sum, share] = [0, 0, 0];
  for (let a = 0, pair = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++, pair++) {
      const far = 1 + (y[2 * a] - y[2 * b]) ** 2 + (y[2 * a + 1] - y[2 * b + 1]) ** 2;
      total += 2 / far;
      share += 2 * pairs[pair];
      if (pairs[pair] > 0) sum += 2 * pairs[pair] * Math.log(pairs[pair] * far);
    }
  }
  return sum + share * Math.log(total);
}

/** Moves points downhill: momentum, and a factor for each number that grows while it keeps its direction (Jacobs 1988). */
function descend(pairs: Float64Array, y: Float64Array): void {
  const rate = Math.max(y.length / 2 / EXAGGERATION / 4, 50);
  const [velocity, gains] = [new Float64Array(y.length), new Float64Array(y.length).fill(1)];
  for (let step = 0; step < STEPS; step++) {
    const early = step < EARLY;
    const gradient = gradientOf(pairs, y, early ? EXAGGERATION : 1);
    for (let at = 0; at < y.length; at++) {
      const same = velocity[at] * gradient[at] < 0;
      gains[at] = Math.max(0.01, same ? gains[at] + 0.2 : gains[at] * 0.8);
      velocity[at] = (early ? 0.5 : 0.8) * velocity[at] - rate * gains[at] * gradient[at];
      y[at] += velocity[at];
    }
  }
}

/** Where points begin: in the principal plane, tiny; by random numbers where rows lie along a line. */
function firstPoints(rows: Matrix, random: Random): Float64Array {
  const points = Float64Array.from(principalPoints(rows).points.data);
  const square = points.reduce((sum, value, at) => sum + (at % 2 === 0 ? value ** 2 : 0), 0);
  const std = Math.sqrt(square / rows.rows);
  return points.map((value) => FIRST_STD * (value === 0 ? random.normal() : value / std));
}

export const tsne: Projection = {
  name: "tsne",
  title: "t-SNE",
  source: "van der Maaten and Hinton 2008, JMLR 9",
  async project(rows, random = DEFAULT_RANDOM) {
    checkRows("tsne", rows);
    if (rows.rows > MOST) {
      throw new InputError(
        `tsne: ${counted(rows.rows, "row")}; expected ${grouped(MOST)} at most, since all pairs are compared`,
      );
    }
    const perplexity = Math.max(1, Math.min(PERPLEXITY, (rows.rows - 1) / 3));
    const pairs = pairLikelihoods(rows, perplexity);
    const data = firstPoints(rows, new Random(random));
    descend(pairs, data);
    const found = divergenceOf(pairs, data);
    const note = `perplexity ${Number(perplexity.toFixed(1))}, divergence ${found.toFixed(3)}`;
    return { points: { data, rows: rows.rows, columns: 2 }, note };
  },
};
