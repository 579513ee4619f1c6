// Scrambled Halton points: random search without its gaps and clusters. Coordinate d of point n has n's digits to the
// base of the d-th prime behind the point, each place's digits exchanged at random (Owen 2017, "A randomized Halton
// algorithm in R", arXiv 1706.02808).

import { z } from "zod";
import type { Random } from "../../tensor/philox.js";
import { coordinatesOf, fromCube } from "../cube.js";
import { sampler } from "../search.js";

function primes(count: number): number[] {
  const found: number[] = [];
  for (let next = 2; found.length < count; next++) {
    if (found.every((prime) => next % prime !== 0)) found.push(next);
  }
  return found;
}

/** Digits behind the point, up to what a random number resolves. */
const RESOLUTION = 2 ** -24;

/** The scrambled radical inverse; `random` is the stream of the coordinate. */
function inverse(index: number, base: number, random: Random): number {
  let value = 0;
  let rest = index;
  for (let unit = 1 / base; unit > RESOLUTION; unit /= base) {
    value += unit * random.permutation(base)[rest % base];
    rest = Math.floor(rest / base);
  }
  return value;
}

/** Point `index` of the sequence in the unit cube [0, 1)^n. */
export const haltonPoint = (
  index: number,
  dimensions: number,
  streamOf: (dimension: number) => Random,
): number[] =>
  primes(dimensions).map((base, dimension) => inverse(index, base, streamOf(dimension)));

/** The scrambling is the same for all points of a search: the stream of no trial. */
const SCRAMBLING = 0xffffffff;

export const halton = sampler({
  name: "halton",
  description: "points spread evenly, scrambled",
  source: "Halton 1960, Numerische Mathematik 2; Owen 2017, arXiv 1706.02808",
  options: z.strictObject({}),
  next({ space, number, random }) {
    const { length } = coordinatesOf(space);
    const point = haltonPoint(number, length, (dimension) => random(SCRAMBLING, dimension));
    return { settings: fromCube(space, point) };
  },
});
