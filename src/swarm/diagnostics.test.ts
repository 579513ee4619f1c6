import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  averagedProducts,
  consensusDistance,
  distance,
  distances,
  divideStep,
  landscapeNoise,
  scoreSpread,
} from "./diagnostics.js";

type Point = readonly number[];

const dot = (a: Point, b: Point) => a.reduce((sum, x, at) => sum + x * b[at], 0);
const combine = (a: number, x: Point, b: number, y: Point) => x.map((xi, i) => a * xi + b * y[i]);
const meanOf = (points: readonly Point[]) =>
  points[0].map((_, at) => points.reduce((sum, point) => sum + point[at], 0) / points.length);

/** Some vectors of three numbers, none of them all but zero. */
const vectors = (least: number) =>
  fc.array(fc.array(fc.double({ min: 0.1, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }), {
    minLength: least,
    maxLength: 6,
  });

describe("distances", () => {
  test("follow from products", () => {
    const points = [
      [0, 0],
      [3, 4],
      [0, 4],
    ];
    const table = distances((i, j) => dot(points[i], points[j]), 3);
    expect(table).toEqual([
      [0, 5, 4],
      [5, 0, 3],
      [4, 3, 0],
    ]);
  });

  test("rounding never makes the distance of equal points a root of less than nothing", () => {
    expect(distance(1, 1 + 1e-16, 1)).toBe(0);
    expect(distance(0.1, 0.10000000000000002, 0.1)).toBe(0);
  });
});

describe("consensus distance", () => {
  test("is the mean squared distance to the mean", () => {
    fc.assert(
      fc.property(vectors(1), (points) => {
        const mean = meanOf(points);
        const expected =
          points.reduce((sum, point) => {
            const apart = combine(1, point, -1, mean);
            return sum + dot(apart, apart);
          }, 0) / points.length;
        const table = distances((i, j) => dot(points[i], points[j]), points.length);
        const found = consensusDistance([...points.keys()], (i, j) => table[i][j]);
        expect(found).toBeCloseTo(expected, 8);
      }),
    );
  });

  test("leaves out points that do not count", () => {
    const at = [0, 2, Number.NaN];
    expect(consensusDistance([0, 1], (i, j) => Math.abs(at[i] - at[j]))).toBe(1);
    expect(consensusDistance([2], () => Number.NaN)).toBe(0);
    expect(consensusDistance([], () => Number.NaN)).toBe(0);
  });
});

describe("a step divided into descent and noise", () => {
  const productsOf = (gradients: readonly Point[], large: Point) =>
    averagedProducts(
      (i, j) => dot(gradients[i], gradients[j]),
      gradients.map((gradient) => dot(gradient, large)),
      dot(large, large),
    );

  test("is the step again, and its noise is at right angles to the gradient", () => {
    fc.assert(
      fc.property(vectors(2), ([large, ...gradients]) => {
        const rate = 0.3;
        const { effectiveRate, noise } = divideStep(rate, productsOf(gradients, large));
        // zeta = -alpha g_a + alpha_e g, so that -alpha g_a = -alpha_e g + zeta.
        const zeta = combine(-rate, meanOf(gradients), effectiveRate, large);
        expect(dot(zeta, large)).toBeCloseTo(0, 10);
        expect(noise).toBeCloseTo(dot(zeta, zeta), 10);
      }),
    );
  });

  test("is all descent when learners have the large batch's gradient", () => {
    const { effectiveRate, noise } = divideStep(
      0.1,
      productsOf(
        [
          [1, 2],
          [1, 2],
        ],
        [1, 2],
      ),
    );
    expect(effectiveRate).toBeCloseTo(0.1, 12);
    expect(noise).toBeCloseTo(0, 12);
  });

  test("is all noise at right angles, and where there is no gradient", () => {
    expect(divideStep(0.5, productsOf([[0, 2]], [3, 0]))).toEqual({ effectiveRate: 0, noise: 1 });
    expect(divideStep(0.5, productsOf([[0, 2]], [0, 0]))).toEqual({ effectiveRate: 0, noise: 1 });
  });

  test("noise of the landscape is what standing apart adds", () => {
    const large = [1, 0];
    const apart = productsOf([[1, 2]], large);
    const together = productsOf([[1, 1]], large);
    expect(landscapeNoise(0.1, apart, together)).toBeCloseTo(0.01 * (4 - 1), 12);
    expect(landscapeNoise(0.1, apart, apart)).toBe(0);
  });
});

describe("spread of scores", () => {
  test("takes the scores that are there", () => {
    const found = scoreSpread([0.75, undefined, 0.25, Number.NaN, 0.5]);
    expect(found).toEqual({ best: 0.75, worst: 0.25, mean: 0.5, spread: 0.5 });
  });

  test("of none is none", () => expect(scoreSpread([undefined])).toBeUndefined());
});
