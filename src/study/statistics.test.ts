import { describe, expect, test } from "vitest";
import {
  binomialError,
  estimate,
  mean,
  std,
  tally,
  tQuantile,
  withinShares,
} from "./statistics.js";

describe("quantiles of Student's t", () => {
  // Tables of the two-sided quantile, as in Abramowitz and Stegun 1964, table 26.10.
  test.each([
    [1, 0.95, 12.7062],
    [2, 0.95, 4.3027],
    [3, 0.95, 3.1824],
    [4, 0.95, 2.7764],
    [5, 0.95, 2.5706],
    [7, 0.95, 2.3646],
    [9, 0.95, 2.2622],
    [10, 0.95, 2.2281],
    [29, 0.95, 2.0452],
    [120, 0.95, 1.9799],
    [1, 0.5, 1],
    [1, 0.99, 63.6567],
    [2, 0.99, 9.9248],
    [7, 0.99, 3.4995],
    [30, 0.9, 1.6973],
  ])("of %d degrees at %d", (degrees, confidence, expected) => {
    expect(Number(tQuantile(degrees, confidence).toFixed(4))).toBe(expected);
  });

  test("come near the normal distribution's", () => {
    expect(tQuantile(100_000)).toBeCloseTo(1.95996, 4);
  });
});

describe("estimates", () => {
  test("are mean and interval", () => {
    // Std 1, quantile 4.3027 for 2 degrees: half = 4.3027 / sqrt(3) = 2.4841.
    const { mean: centre, low, high } = estimate([1, 2, 3])!;
    expect(centre).toBe(2);
    expect(low).toBeCloseTo(2 - 2.4841, 4);
    expect(high).toBeCloseTo(2 + 2.4841, 4);
  });

  test("of equal values have an interval without width", () => {
    expect(estimate([4, 4, 4])).toEqual({ mean: 4, low: 4, high: 4 });
  });

  test("of one value have no interval, of none are nothing", () => {
    expect(estimate([5])).toEqual({ mean: 5 });
    expect(estimate([])).toBeUndefined();
  });

  test("rest on mean and sample std", () => {
    expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
    expect(std([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });
});

test("a tally counts wins, ties and losses", () => {
  expect(tally([0.1, 0, -0.2, 3, -0])).toEqual({ wins: 2, ties: 2, losses: 1 });
  expect(tally([])).toEqual({ wins: 0, ties: 0, losses: 0 });
});

test.each([
  [0.98, 10_000, 0.0014],
  [0.9, 1000, 0.009486832980505138],
  [1, 500, 0],
])("one accuracy of %d on %d images has a standard error", (accuracy, images, expected) => {
  expect(binomialError(accuracy, images)).toBeCloseTo(expected, 12);
});

test("the interval of a share ends where shares end", () => {
  expect(withinShares({ mean: 0.9, low: 0.7, high: 1.1 })).toEqual({
    mean: 0.9,
    low: 0.7,
    high: 1,
  });
  expect(withinShares({ mean: 0.1, low: -0.2, high: 0.4 })).toEqual({
    mean: 0.1,
    low: 0,
    high: 0.4,
  });
  expect(withinShares({ mean: 0.1 })).toEqual({ mean: 0.1 });
});
