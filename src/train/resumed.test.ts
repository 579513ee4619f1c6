import { describe, expect, test } from "vitest";
import { stripeSplits } from "../../test/support/tinyRun.js";
import { parseConfig, type TrainSettings } from "./config.js";
import { expectRange, type PastRun, resumedSettings } from "./resumed.js";

/** What a run was made with, as far as its settings go. */
const madeWith = (settings: Partial<TrainSettings>) =>
  ({ settings: parseConfig({ data: "a", ...settings }) }) as PastRun;

const columns = { path: "file", label: "kind" };
const past = madeWith({ oneOf: "clear,haze/day,night", range: "0-3000", columns });

describe("a run is gone on with by settings", () => {
  test.each<Partial<TrainSettings>>([
    { oneOf: "clear,haze/day,night" },
    { oneOf: "night, day/haze, clear" },
    { range: "0-3000" },
    { range: "train" },
    { columns: { label: "kind", path: "file" } },
  ])("that mean the same: %j", (given) => {
    const { oneOf } = resumedSettings(past, { out: "run", ...given });
    expect(oneOf).toBe("clear,haze/day,night");
  });

  test.each<Partial<TrainSettings>>([
    { oneOf: "clear,haze" },
    { oneOf: "clear,haze,day,night" },
    { range: "0-300" },
    { range: "full" },
    { columns: { path: "file", label: "colour" } },
  ])("not by others: %j", (given) => {
    const [[name]] = Object.entries(given);
    expect(() => resumedSettings(past, { out: "run", ...given })).toThrow(
      `the run was made with ${name} `,
    );
  });

  test("nor by limits that were not measured of its images", () => {
    const config = parseConfig({ data: "a", out: "run", range: "train" });
    const splits = stripeSplits();
    expectRange(past, { ...splits, range: "0-3000" }, config);
    expect(() => expectRange(past, { ...splits, range: "0-2999" }, config)).toThrow(
      'the run was made with range "0-3000", not "train"',
    );
    expect(() => resumedSettings(madeWith({}), { out: "run", range: "train" })).toThrow(
      'the run was made with range "full", not "train"',
    );
  });
});
