import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minimiseInBall } from "./subproblem.js";

const norm = (v: ArrayLike<number>) => Math.hypot(...Array.from(v));

/** The conditions that hold at the minimiser and nowhere else (Moré and Sorensen, theorem 3.11). */
function expectOptimal(values: readonly number[], slope: readonly number[], radius: number) {
  const { step, shift, decrease } = minimiseInBall(values, slope, radius);
  const unit = Math.max(1, norm(slope), norm(values) * radius);
  const residual = values.map((value, at) => (value + shift) * step[at] + slope[at]);
  expect(norm(residual)).toBeLessThan(1e-9 * unit);
  expect(shift).toBeGreaterThanOrEqual(0);
  expect(Math.min(...values) + shift).toBeGreaterThanOrEqual(0);
  expect(norm(step)).toBeLessThanOrEqual(radius * (1 + 1e-9));
  if (shift > 0) expect(Math.abs(norm(step) / radius - 1)).toBeLessThan(1e-9);
  expect(decrease).toBeGreaterThanOrEqual(0);
}

const number = fc.double({ min: -10, max: 10, noNaN: true });

describe("the conditions of optimality hold", () => {
  test("for any quadratic", () => {
    const rows = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(rows, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (pairs, radius) => {
        expectOptimal(
          pairs.map(([value]) => value),
          pairs.map(([, slope]) => slope),
          radius,
        );
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test.each([
    ["inside, all bent upwards", [3, 1], [1, 1], 10],
    ["on the border", [3, 1], [10, 10], 0.5],
    ["bent downwards", [-2, 1], [1, 1], 1],
    ["hard: no slope along the most negative direction", [-2, 1, 3], [0, 1, 1], 10],
    ["hard, twice the same eigenvalue", [-2, -2, 3], [0, 0, 1], 10],
    ["nearly hard", [-2, 1, 3], [1e-14, 1, 1], 10],
    ["no slope at all, bent downwards", [-1, 2], [0, 0], 3],
    ["no slope at all, bent upwards", [1, 2], [0, 0], 3],
    ["flat along a slope", [0, 1], [1, 1], 2],
    ["flat without a slope", [0, 1], [0, 1], 2],
  ])("%s", (_, values, slope, radius) => expectOptimal(values, slope, radius));
});

test("nothing in the ball is lower", () => {
  const [values, slope, radius] = [[-3, 0.5, 2], [0, 1, -2], 1.5];
  const value = (s: ArrayLike<number>) =>
    values.reduce((sum, d, at) => sum + s[at] * (slope[at] + 0.5 * d * s[at]), 0);
  const { step, decrease } = minimiseInBall(values, slope, radius);
  expect(value(step)).toBeCloseTo(-decrease, 12);
  for (let polar = 0; polar <= 40; polar++) {
    for (let around = 0; around < 80; around++) {
      const [p, q] = [(Math.PI * polar) / 40, (Math.PI * around) / 40];
      const at = [Math.cos(p), Math.sin(p) * Math.cos(q), Math.sin(p) * Math.sin(q)];
      expect(value(at.map((x) => radius * x))).toBeGreaterThanOrEqual(-decrease - 1e-12);
    }
  }
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("radius %d is refused", (radius) => {
  expect(() => minimiseInBall([1], [1], radius)).toThrow(`the radius is ${radius}`);
});
