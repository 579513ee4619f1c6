import { expect, test } from "vitest";
import { parseSpace } from "../../search/index.js";
import { checkParameters, valueIn, withTrial } from "./parameters.js";

const lines = [
  ["structure", "harmonic+t-vmf=16", "harmonic,t-vmf=16"],
  ["structure", "none", undefined],
  ["quantise", "lsq:w4a4", "lsq:w4a4"],
  ["quantise", "none", undefined],
  ["prune", "magnitude=0.9", "magnitude=0.9"],
  ["augment", "rand=2x9+flip", "rand=2x9,flip"],
  ["augment", "none", ""],
  ["schedule", "cosine", "cosine"],
] as const;

test.each(lines)("%s: %s in a space is %s in settings, and back", (name, value, setting) => {
  const settings = withTrial({}, { [name]: value });
  expect(settings).toEqual({ [name]: setting });
  expect(valueIn(settings, name)).toBe(value);
});

test("settings with = and : in their values may be searched", () => {
  const space = parseSpace(
    "structure=none|harmonic|t-vmf=16,quantise=lsq:w4a4|none,augment=rand=2x9|none",
  );
  checkParameters(space, {}, { name: "random" });
  expect(() => checkParameters(space, { structure: "harmonic" }, { name: "random" })).toThrow(
    "space: structure: it is fixed and searched at once",
  );
});
