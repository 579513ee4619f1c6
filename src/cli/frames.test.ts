import { expect, test } from "vitest";
import { seconds } from "./frames.js";

test("times have units, or are seconds", () => {
  expect(["500ms", "1s", "2min", "1.5", ".25 s", "1ms"].map(seconds)).toEqual([
    ...[0.5, 1, 120, 1.5, 0.25, 0.001],
  ]);
  for (const wrong of ["", "0", "0.5ms", "-1", "1h", "1e3", "s", "NaN", "1000001"]) {
    expect(() => seconds(wrong), wrong).toThrow("Expected a time from 1ms on");
  }
});
