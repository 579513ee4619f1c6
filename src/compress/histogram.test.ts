import { expect, test } from "vitest";
import { Histogram } from "./histogram.js";

const seen = (numbers: Float32Array): Histogram => {
  const histogram = new Histogram();
  histogram.widen(numbers);
  histogram.count(numbers);
  return histogram;
};

/** 100,000 numbers evenly from -1 to 3, and one far away. */
const outlier = Float32Array.from({ length: 100_001 }, (_, at) =>
  at === 100_000 ? 400 : -1 + (4 * at) / 100_000,
);

test("the whole range is that of all finite numbers", () => {
  const numbers = Float32Array.of(1, Number.NaN, -2, Number.POSITIVE_INFINITY, 5);
  expect(seen(numbers).range("min-max")).toEqual({ low: -2, high: 5 });
  expect(new Histogram().isEmpty).toBe(true);
});

test("a percentile leaves out what is rare, and nothing else", () => {
  const { low, high } = seen(outlier).range("percentile");
  expect(low).toBe(-1);
  expect(high).toBeGreaterThanOrEqual(3);
  expect(high).toBeLessThan(3.5);
});

test("the least squared error keeps a number that costs more outside than all others gain", () => {
  const far = seen(outlier).range("mse");
  expect(far.high).toBeGreaterThan(80);
  // One in 100,000 a little beyond all others costs less than their steps would.
  const near = Float32Array.from(outlier, (number) => (number === 400 ? 5 : number));
  const { low, high } = seen(near).range("mse");
  expect(low).toBeCloseTo(-1, 1);
  expect(high).toBeLessThan(4.8);
  expect(high).toBeGreaterThan(2.9);
});

test("one number only is a range of its own", () => {
  const histogram = seen(new Float32Array(10).fill(0.5));
  for (const rule of ["min-max", "percentile", "mse"] as const) {
    expect(histogram.range(rule)).toEqual({ low: 0.5, high: 0.5 });
  }
});
