import { expect, test } from "vitest";
import { parsePruning, pruningText } from "./compressPrune.js";

test("a way and a share", () => {
  expect(parsePruning("filters=0.5")).toEqual({ by: "filters", share: 0.5 });
  expect(pruningText).toBe("<filters|slimming|low-rank|magnitude=share>");
  for (const text of ["filters", "filters=", "filters=half", "filters=0.5=1"]) {
    expect(() => parsePruning(text), text).toThrow("Expected a way and a share, as filters=0.5.");
  }
});
