// The functions have the least values that were published, and searches that learn come nearer to them than chance.

import { describe, expect, test } from "vitest";
import { createSearch, type SearchPlan } from "./create.js";
import { type TestFunction, testFunctions } from "./functions.js";
import type { Told } from "./search.js";

const named = (wanted: string) => testFunctions.find(({ name }) => name === wanted)!;

test("least values are where they were published", () => {
  const at = (name: string, settings: Record<string, number | string>) => named(name).of(settings);
  expect(at("branin", { x: Math.PI, y: 2.275 })).toBeCloseTo(named("branin").least, 12);
  expect(at("branin", { x: -Math.PI, y: 12.275 })).toBeCloseTo(named("branin").least, 12);
  const best = { a: 0.20169, b: 0.150011, c: 0.476874, d: 0.275332, e: 0.311652, f: 0.6573 };
  expect(at("hartmann6", best)).toBeCloseTo(named("hartmann6").least, 6);
  expect(at("rosenbrock", { a: 1, b: 1, c: 1, d: 1 })).toBe(0);
  expect(at("rosenbrock", { a: 0, b: 0, c: 0, d: 0 })).toBe(3);
  expect(at("tree", { x1: 0, x2: 0, r8: 0, x4: 0 })).toBe(named("tree").least);
  expect(at("tree", { x1: 1, x3: 1, r9: 0.25, x7: -0.5 })).toBeCloseTo(0.9, 12);
});

test("each bit of nk counts with the three behind it", () => {
  const of = (bits: string) => named("nk").of({ bits });
  const zero = "0".repeat(20);
  const changed = (at: number) => `${zero.slice(0, at)}1${zero.slice(at + 1)}`;
  // Bits that share no neighbour add up.
  const both = `1${zero.slice(1, 9)}1${zero.slice(10)}`;
  const gains = of(changed(0)) + of(changed(9)) - 2 * of(zero);
  expect(of(both) - of(zero)).toBeCloseTo(gains, 12);
  const near = `11${zero.slice(2)}`;
  expect(of(near) - of(zero)).not.toBeCloseTo(of(changed(0)) + of(changed(1)) - 2 * of(zero), 6);
});

const SEEDS = 12;
/** Student's t of 95 % with 11 degrees of freedom. */
const QUANTILE = 2.201;

/** The logarithm of how far the best of some trials is from the least value. */
function distance({ space, of, least }: TestFunction, plan: Partial<SearchPlan>): number {
  const search = createSearch({ space, ...plan });
  const told: Told[] = [];
  for (let next = search.next(told); typeof next === "object"; next = search.next(told)) {
    told.push({ ...next, losses: [of(next.settings)] });
  }
  return Math.log(Math.min(...told.map(({ losses }) => losses![0])) - least);
}

describe.each(testFunctions)("$name", (one) => {
  test.each([
    ["tpe", 70],
    ["evolution", 100],
  ])("%s is nearer after %d trials than random search, sure of 95 percent", (sampler, trials) => {
    const gains = Array.from(
      { length: SEEDS },
      (_, seed) =>
        distance(one, { sampler: "random", trials, seed }) -
        distance(one, { sampler, trials, seed }),
    );
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / SEEDS;
    const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
    const error = Math.sqrt(squares / (SEEDS - 1) / SEEDS);
    expect(mean - QUANTILE * error).toBeGreaterThan(0);
  });
});
