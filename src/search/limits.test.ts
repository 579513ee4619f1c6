import { expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { Random } from "../tensor/philox.js";
import { createSearch, type Settings, samplers, type Told } from "./index.js";
import { nearestWithin } from "./limits.js";
import { parseSpace } from "./spaceText.js";

const space = parseSpace(Array.from({ length: 6 }, (_, at) => `w${at}=1|2|4|8|16`).join(","));
const cost = (settings: Settings) =>
  Object.values(settings).reduce((a: number, b) => a + Number(b), 0);
const within = (most: number) => (settings: Settings) => cost(settings) / most;

/** The first trials of a search, the more a net costs the better. */
function firstOf(sampler: string, excess: (settings: Settings) => number, trials = 12): Told[] {
  const options = sampler === "evolution" ? { population: 4, sample: 2 } : {};
  const search = createSearch({ ...{ space, sampler, options, trials, excess }, seed: 3 });
  const told: Told[] = [];
  for (let next = search.next(told); typeof next !== "string"; next = search.next(told)) {
    expect(search.next(told)).toEqual(next);
    told.push({ ...next, losses: [-cost(next.settings)] });
  }
  return told;
}

const choosing = samplers.filter(({ stages, name }) => !stages && name !== "cmaes");

test.each(choosing)(
  "$name proposes settings within limits alone, and the same again",
  ({ name }) => {
    // One of some 500 settings is within it, so that most proposals are beyond.
    const told = firstOf(name, within(8));
    expect(told.length).toBeGreaterThan(5);
    for (const { settings } of told) expect(cost(settings)).toBeLessThanOrEqual(8);
  },
);

test("limits that nothing is beyond change nothing", () => {
  expect(firstOf("evolution", () => 1)).toEqual(firstOf("evolution", () => 0));
  const free = createSearch({ space, sampler: "random", seed: 3 });
  expect(free.next([])).toEqual({ settings: firstOf("random", within(1000), 1)[0].settings });
});

test("another draw is another proposal for the same trial", () => {
  const search = createSearch({ space, sampler: "random", seed: 3 });
  expect(search.next([], 0)).toEqual(search.next([]));
  expect(search.next([], 1)).not.toEqual(search.next([]));
});

test("the nearest settings are found where none is within", () => {
  const largest = Object.fromEntries(space.map(({ name }) => [name, 16]));
  const random = new Random({ seed: 1, purpose: "search" });
  expect(cost(nearestWithin(space, largest, within(1), random))).toBe(6);
  expect(() => firstOf("random", within(5))).toThrow(InputError);
});
