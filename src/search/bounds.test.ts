// Options of samplers that cost time or memory have a bound, and at the bound a proposal is still made.

import { expect, test } from "vitest";
import { createSearch } from "./create.js";
import { samplers } from "./samplers/index.js";
import type { Told } from "./search.js";

const told = Array.from(
  { length: 12 },
  (_, at): Told => ({ settings: { x: at / 20, n: 1 + at }, until: 9, losses: [at] }),
);

const search = (sampler: string, option: string, value: number) =>
  createSearch({
    space: "x=float:0:1,n=int:1:1000000000000",
    ...{ sampler, options: { [option]: value } },
    ...(samplers.find(({ name }) => name === sampler)!.stages && {
      resource: { least: 1, most: 9 },
    }),
  });

test.each([
  ["grid", "points"],
  ["tpe", "candidates"],
  ["tpe", "startup"],
  ["swarm", "particles"],
  ["cmaes", "population"],
  ["nsga2", "population"],
  ["nsga2", "parents"],
  ["evolution", "population"],
  ["evolution", "sample"],
  ["asha", "eta"],
  ["hyperband", "eta"],
])("of %s: %s", (sampler, option) => {
  for (const value of [10_001, 1e9]) {
    expect(() => search(sampler, option, value)).toThrow(
      `${sampler}: setting ${option} is ${value}: expected at most 10000`,
    );
  }
  expect(search(sampler, option, 10_000).next(told)).toHaveProperty("settings");
});

test.each(["asha", "hyperband"])("%s has no levels without end", (sampler) => {
  expect(() => search(sampler, "eta", 1 + 1e-9)).toThrow("expected at least 1.1");
});
