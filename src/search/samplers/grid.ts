// Grid search: every combination once, in order, and then it is done.

import { z } from "zod";
import { valueAt } from "../cube.js";
import { MOST, sampler } from "../search.js";
import { type Domain, exists, keyOf, type Setting, type Settings, type Space } from "../space.js";

/** The values of a domain on a grid: all of a choice, of bits and of few whole numbers, else some from end to end. */
function* valuesOf(domain: Domain, points: number): Generator<Setting> {
  if (domain.kind === "choice") yield* domain.of;
  else if (domain.kind === "bits") {
    // There may be more of them than a number counts.
    for (let at = 0n; at < 1n << BigInt(domain.length); at++) {
      yield at.toString(2).padStart(domain.length, "0");
    }
  } else {
    const all = domain.kind === "integer" ? domain.high - domain.low + 1 : points;
    if (all <= points && domain.kind === "integer") {
      for (let value = domain.low; value <= domain.high; value++) yield value;
      return;
    }
    let last: Setting | undefined;
    for (let at = 0; at < points; at++) {
      const value = valueAt(domain, [points === 1 ? 0.5 : at / (points - 1)]);
      // Whole numbers that lie closer than the points.
      if (value !== last) yield value;
      last = value;
    }
  }
}

/** All settings of a grid, the last parameter changing quickest; none of it is kept. */
export function* gridOf(space: Space, points: number, so: Settings = {}): Generator<Settings> {
  const [parameter, ...rest] = space;
  if (parameter === undefined) yield so;
  else if (!exists(parameter, so)) yield* gridOf(rest, points, so);
  else {
    for (const value of valuesOf(parameter, points)) {
      yield* gridOf(rest, points, { ...so, [parameter.name]: value });
    }
  }
}

export const grid = sampler({
  name: "grid",
  description: "every combination of values, in order",
  source: "none",
  options: z.strictObject({
    points: z.int().min(1).max(MOST).default(5).describe("values of a range"),
  }),
  next({ space, told }, { points }) {
    const known = new Set(told.map(({ settings }) => keyOf(space, settings)));
    for (const settings of gridOf(space, points)) {
      if (!known.has(keyOf(space, settings))) return { settings };
    }
    return "done";
  },
});
