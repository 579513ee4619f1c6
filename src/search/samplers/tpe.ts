// The tree-structured Parzen estimator: trials are parted into the best few and all others, each part has a density, and
// of some candidates drawn from the first the one is proposed at which the first is largest beside the second. By
// default over all parameters together, so that it sees how they depend on each other (Watanabe 2023, arXiv 2304.11127).

import { z } from "zod";
import type { Random } from "../../tensor/philox.js";
import { type Coordinate, coordinatesOf, drawSettings, fromCube, toCube } from "../cube.js";
import { Parzen } from "../parzen.js";
import { ranked } from "../ranking.js";
import { type Asked, hasEnded, MOST, sampler } from "../search.js";
import { keyOf, type Settings } from "../space.js";

const options = z.strictObject({
  startup: z.int().min(1).max(MOST).default(10).describe("random trials before the first estimate"),
  candidates: z.int().min(1).max(MOST).default(24).describe("drawn for each trial"),
  gamma: z.number().gt(0).lt(1).default(0.1).describe("share of the trials that are the best"),
  multivariate: z.boolean().default(true).describe("all parameters together"),
});
type Options = z.output<typeof options>;

/** Most trials that are the best ones. */
const MOST_BEST = 25;

/** The two parts as points; trials that still run count as others, so that nobody tries the same beside them. */
function parts({ space, told }: Asked, gamma: number) {
  const order = ranked(told);
  const best = Math.min(Math.ceil(gamma * order.length), MOST_BEST);
  const running = [...told.keys()].filter((at) => !hasEnded(told[at]));
  const points = (numbers: readonly number[]) =>
    numbers.map((at) => toCube(space, told[at].settings));
  return {
    good: points(order.slice(0, best)),
    // By number: kernels have no order.
    rest: points([...order.slice(best), ...running].sort((a, b) => a - b)),
  };
}

/** The candidate, as coordinates, that the good points have most before the others. */
function bestOfCandidates(
  coordinates: readonly Coordinate[],
  { good, rest }: { good: readonly Float64Array[]; rest: readonly Float64Array[] },
  candidates: number,
  random: Random,
  seen: (point: Float64Array) => Float64Array | undefined,
): Float64Array | undefined {
  const [likely, unlikely] = [good, rest].map((points) => new Parzen(coordinates, points));
  let most = Number.NEGATIVE_INFINITY;
  let best: Float64Array | undefined;
  for (let at = 0; at < candidates; at++) {
    const drawn = likely.sample(random);
    const point = seen(drawn);
    if (point === undefined) continue;
    const gain = likely.logDensity(point) - unlikely.logDensity(point);
    if (gain <= most) continue;
    most = gain;
    best = drawn;
  }
  return best;
}

/** All coordinates at once; what was tried already is left out. */
function together(asked: Asked, { gamma, candidates }: Options): Settings | undefined {
  const { space, told, number, random } = asked;
  const known = new Set(told.map(({ settings }) => keyOf(space, settings)));
  const found = bestOfCandidates(
    coordinatesOf(space),
    parts(asked, gamma),
    candidates,
    random(number),
    (point) => {
      const settings = fromCube(space, point);
      return known.has(keyOf(space, settings)) ? undefined : toCube(space, settings);
    },
  );
  return found && fromCube(space, found);
}

/** Each coordinate for itself, by the trials that have it. */
function apart(asked: Asked, { gamma, candidates }: Options): Settings {
  const { space, number, random } = asked;
  const { good, rest } = parts(asked, gamma);
  const stream = random(number);
  const point = coordinatesOf(space).map((coordinate, at) => {
    const column = (points: readonly Float64Array[]) =>
      points.map((one) => one.subarray(at, at + 1)).filter(([value]) => !Number.isNaN(value));
    const both = { good: column(good), rest: column(rest) };
    return bestOfCandidates([coordinate], both, candidates, stream, (one) => one)![0];
  });
  return fromCube(space, point);
}

/** Settings by what trials of one resource came to; see {@link tpe}. */
export function tpeSettings(asked: Asked, all: Options): Settings {
  const { space, told, number, random } = asked;
  const ended = told.filter(hasEnded).length;
  const found =
    ended < all.startup ? undefined : all.multivariate ? together(asked, all) : apart(asked, all);
  // Where all candidates are known, one of another stream.
  return found ?? drawSettings(space, random(number, 1));
}

export const tpe = sampler({
  name: "tpe",
  description: "tree-structured Parzen estimator",
  source: "Bergstra, Bardenet, Bengio and Kégl 2011, NIPS; Watanabe 2023, arXiv 2304.11127",
  options,
  next: (asked, all) => ({ settings: tpeSettings(asked, all) }),
});

/** The defaults of the options. */
export const tpeDefaults: Options = options.parse({});
