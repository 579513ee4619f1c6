import { expect, test } from "vitest";
import { parsePruning, pruningText } from "./compressPrune.js";

test("a way and a share", () => {
  expect(parsePruning("filters=0.5")).toEqual({ by: "filters", share: 0.5 });
  expect(parsePruning("magnitude=.9").share).toBe(0.9);
  expect(parsePruning("filters=auto,macs=50%")).toEqual({ by: "filters", macs: 0.5 });
  expect(parsePruning("slimming=auto,macs=.4")).toEqual({ by: "slimming", macs: 0.4 });
  expect(pruningText).toBe("<filters|slimming|low-rank|magnitude|random=share, or l0>");
  expect(parsePruning("l0")).toEqual({ by: "l0" });
  for (const text of [
    "filters",
    "filters=",
    "filters=half",
    "filters=0.5=1",
    "filters=0x1",
    "filters=1e999",
    "filters=auto",
    "filters=auto,macs=",
    "filters=auto,macs=0x1",
    "filters=auto,macs=50%%",
    "filters=0.5,macs=50%",
  ]) {
    expect(() => parsePruning(text), text).toThrow(
      "Expected a way and a share, as filters=0.5, or filters=auto,macs=50%; or l0,",
    );
  }
});
