// Which parameters matter: PED-ANOVA (Watanabe, Bansal, Hutter 2023, IJCAI, arXiv 2304.10255). A parameter matters as far
// as its values among the best trials are spread otherwise than among all: the Pearson divergence of the two densities.

import { InputError } from "../inputError.js";
import { type Coordinate, coordinatesOf, toCube } from "./cube.js";
import { Parzen } from "./parzen.js";
import { ranked } from "./ranking.js";
import { hasLosses, type Told } from "./search.js";
import type { Space } from "./space.js";

/** Where densities of a continuous coordinate are compared. */
const POINTS = 50;

/** Fewer trials tell nothing. */
const FEWEST = 10;

/** The divergence of the density of the best trials from that of all, along one coordinate. */
function divergence(
  coordinate: Coordinate,
  best: readonly Float64Array[],
  all: readonly Float64Array[],
): number {
  const [some, any] = [best, all].map((points) => new Parzen([coordinate], points));
  const count = coordinate.cells || POINTS;
  let sum = 0;
  let weights = 0;
  for (let cell = 0; cell < count; cell++) {
    const x = [(cell + 0.5) / count];
    const weight = Math.exp(any.logDensity(x));
    weights += weight;
    sum += weight * (Math.exp(some.logDensity(x)) / weight - 1) ** 2;
  }
  return sum / weights;
}

/**
 * How much each parameter matters for being among the best trials, as shares of 1 by name, the largest first. It tells
 * of the trials that were made: a parameter that all of them had right does not show, and few trials show little.
 *
 * @param told trials of one resource; those that failed or still run are left out
 * @param share of the trials that are the best; default 0.25
 * @throws InputError for fewer than 10 trials that ended well.
 * @example
 * const space = parseSpace("x=float:0:1,y=float:0:1");
 * const told = Array.from({ length: 64 }, (_, at) => {
 *   const settings = { x: (at % 8) / 7, y: Math.floor(at / 8) / 7 };
 *   return { settings, losses: [settings.x + 0.1 * settings.y] };
 * });
 * importanceOf(space, told)[0][0]; // "x"
 */
export function importanceOf(
  space: Space,
  told: readonly Told[],
  share = 0.25,
): [name: string, share: number][] {
  const good = told.filter(hasLosses);
  if (good.length < FEWEST) {
    throw new InputError(
      `importance: ${good.length} trials ended well; expected ${FEWEST} at least`,
    );
  }
  const points = ranked(good).map((at) => toCube(space, good[at].settings));
  const best = points.slice(0, Math.max(1, Math.round(share * points.length)));
  const found = new Map(space.map(({ name }) => [name, 0]));
  for (const [at, coordinate] of coordinatesOf(space).entries()) {
    const column = (from: readonly Float64Array[]) =>
      from.map((point) => point.subarray(at, at + 1)).filter(([value]) => !Number.isNaN(value));
    const { name } = space[coordinate.parameter];
    const [few, all] = [column(best), column(points)];
    // What hardly exists matters hardly.
    const exists = all.length / points.length;
    found.set(name, found.get(name)! + exists * divergence(coordinate, few, all));
  }
  const sum = [...found.values()].reduce((total, value) => total + value, 0) || 1;
  return [...found]
    .map(([name, value]): [string, number] => [name, value / sum])
    .sort(([, a], [, b]) => b - a);
}
