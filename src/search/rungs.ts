// Trials that stop early at levels of their resource, the rungs, and of which the best go on.

import { z } from "zod";
import { InputError } from "../inputError.js";
import { proposals } from "./fresh.js";
import { ranked } from "./ranking.js";
import {
  type Asked,
  hasEnded,
  hasLosses,
  MOST,
  type Resource,
  type Told,
  type Trial,
} from "./search.js";

/** Options of a sampler by rungs. */
export const rungOptions = z.strictObject({
  // Below there are more levels than anything is halved by.
  eta: z.number().min(1.1).max(MOST).default(3).describe("one of so many goes on"),
  proposals,
});

/** The resource of a sampler that needs one. */
export function resourceOf({ resource }: Asked): Resource {
  if (resource) return resource;
  throw new InputError(
    "search: this sampler stops trials early; give it a resource, as 1 to 27 epochs",
  );
}

/**
 * Levels from the least to the most, each `eta` times the one before, in whole units.
 *
 * @example
 * levelsOf({ least: 1, most: 27 }, 3); // [1, 3, 9, 27]
 * levelsOf({ least: 2, most: 40 }, 4); // [2, 8, 40]
 */
export function levelsOf({ least, most }: Resource, eta: number): number[] {
  // Rounding must not make a step more of 3 ** 3.
  const steps = Math.floor(Math.log(most / least) / Math.log(eta) + 1e-9);
  // The last step is the longest where they do not come out even.
  return Array.from({ length: steps + 1 }, (_, at) =>
    at === steps ? most : Math.round(least * eta ** at),
  );
}

/**
 * The best trial of a rung that goes on and does not yet: of `share`, the number that may, counted from the best.
 *
 * @param rung numbers of its trials
 */
export function promotion(
  told: readonly Told[],
  rung: readonly number[],
  share: number,
  until: number,
): Trial | undefined {
  const continued = new Set(told.map(({ from }) => from));
  const order = ranked(rung.map((at) => told[at])).map((place) => rung[place]);
  const next = order.slice(0, share).find((at) => hasLosses(told[at]) && !continued.has(at));
  return next === undefined ? undefined : { settings: told[next].settings, from: next, until };
}

/** Whether some trial still runs. */
export const runs = (told: readonly Told[]): boolean => !told.every(hasEnded);
