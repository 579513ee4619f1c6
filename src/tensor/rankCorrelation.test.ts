import { expect, test } from "vitest";
import { rankCorrelation } from "./rankCorrelation.js";

test("Spearman's example without ties, by 1 - 6 sum d^2 / n (n^2 - 1)", () => {
  // Differences of ranks -1, 1, 0, -1, 1.
  expect(rankCorrelation([1, 2, 3, 4, 5], [20, 10, 30, 50, 40])).toBeCloseTo(1 - (6 * 4) / 120, 12);
});

test("equal numbers share a rank", () => {
  // Ranks 1.5, 1.5, 3 and 1, 2, 3, less 2: (0.5 * 1 + 1 * 1) / sqrt(1.5 * 2).
  expect(rankCorrelation([7, 7, 9], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(3), 12);
  expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
});

test("lists of different lengths are refused", () => {
  expect(() => rankCorrelation([1], [1, 2])).toThrow("lists of 1 and of 2 numbers");
});
