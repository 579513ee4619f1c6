// Settings within limits that a sampler knows nothing of, as a budget of what a net may cost. A proposal beyond them is
// made anew from other random numbers; where that does not help, it is changed bit by bit towards them.

import { InputError } from "../inputError.js";
import type { Random } from "../tensor/philox.js";
import { mutate } from "./mutation.js";
import type { Next, RandomOf } from "./search.js";
import type { Settings, Space } from "./space.js";

/** How far settings are beyond what bounds them: at most 1 within, larger the further away. A pure function. */
export type Excess = (settings: Settings) => number;

/** Proposals that are made anew, as Real et al. 2019 mutate anew, and changes that are tried to bring one within. */
const [TRIES, CHANGES] = [50, 500];

/** Streams of random numbers that one try may have. */
const STREAMS = 2 ** 16;

/** The stream of a trial's changes, which no try has. */
const CHANGING = STREAMS * TRIES;

/** Streams of one draw of a trial. */
export const DRAW = 2 ** 22;

/**
 * Settings changed one by one until they lie within limits; a change that brings them no nearer is not made. Where 500
 * changes do not do it, the nearest that were found.
 *
 * @example
 * const space = parseSpace("width=8|16|32,depth=1|2|3");
 * const { Random } = await import("convoynet/tensor");
 * const excess = ({ width, depth }: Record<string, unknown>) => (Number(width) * Number(depth)) / 16;
 * const random = new Random({ seed: 1, purpose: "search" });
 * excess(nearestWithin(space, { width: 32, depth: 3 }, excess, random)) <= 1; // true
 */
export function nearestWithin(
  space: Space,
  settings: Settings,
  excess: Excess,
  random: Random,
): Settings {
  let nearest = settings;
  let least = excess(settings);
  for (let changes = 0; changes < CHANGES && least > 1; changes++) {
    const other = mutate(space, nearest, random);
    const found = excess(other);
    if (found >= least) continue;
    nearest = other;
    least = found;
  }
  return nearest;
}

/**
 * What a sampler proposes within limits.
 *
 * @throws InputError when nothing is found
 */
export function proposedWithin(
  space: Space,
  excess: Excess,
  number: number,
  random: RandomOf,
  propose: (random: RandomOf) => Next,
): Next {
  let last: Next = "done";
  for (let tried = 0; tried < TRIES; tried++) {
    last = propose((trial, stream = 0) => random(trial, stream + tried * STREAMS));
    if (typeof last === "string" || excess(last.settings) <= 1) return last;
  }
  const { settings, ...rest } = last as Exclude<Next, string>;
  const nearest = nearestWithin(space, settings, excess, random(number, CHANGING));
  if (excess(nearest) <= 1) return { settings: nearest, ...rest };
  throw new InputError(`trial ${number}: nothing was found within the limits of the search`);
}
