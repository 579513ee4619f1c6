import { describe, expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import type { Coordinate } from "./cube.js";
import { Parzen } from "./parzen.js";

const continuous: Coordinate = { parameter: 0, cells: 0, ordered: true };
const whole: Coordinate = { parameter: 0, cells: 5, ordered: true };
const choice: Coordinate = { parameter: 0, cells: 5, ordered: false };

const pointsOf = (...centres: readonly number[]) =>
  centres.map((centre) => Float64Array.of(centre));
const points = pointsOf(0.1, 0.3, 0.9, Number.NaN);

/** A density at the middles of so many cells. */
const along = (density: Parzen, count: number) =>
  Array.from({ length: count }, (_, at) => Math.exp(density.logDensity([(at + 0.5) / count])));
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

describe("a density", () => {
  test("is one in all", () => {
    expect(sum(along(new Parzen([continuous], points), 1000)) / 1000).toBeCloseTo(1, 5);
    for (const coordinate of [whole, choice]) {
      expect(sum(along(new Parzen([coordinate], points), 5))).toBeCloseTo(1, 5);
    }
  });

  test("has kernels as wide as the larger gap beside each, and a flat one", () => {
    const kernel = (centre: number, width: number) => (x: number) =>
      Math.exp(-(((x - centre) / width) ** 2) / 2);
    // The least width of three points is 1 / 5.
    const kernels = [kernel(0.1, 0.2), kernel(0.2, 0.4), kernel(0.6, 0.4)];
    const inside = kernels.map(
      (of) => sum(Array.from({ length: 1000 }, (_, at) => of((at + 0.5) / 1000))) / 1000,
    );
    const density = new Parzen([continuous], pointsOf(0.1, 0.2, 0.6));
    for (const x of [0, 0.15, 0.5, 1]) {
      const expected = (1 + sum(kernels.map((of, at) => of(x) / inside[at]))) / 4;
      expect(Math.exp(density.logDensity([x]))).toBeCloseTo(expected, 5);
    }
  });

  test("of values that are not alike gives a point's own more, and all others the same", () => {
    // Two kernels: a share of 3 / 7 of the point's for its own value, 1 / 7 for each other; the flat one 1 / 5.
    const found = along(new Parzen([choice], pointsOf(0.5)), 5);
    const other = (1 / 7 + 1 / 5) / 2;
    [other, other, (3 / 7 + 1 / 5) / 2, other, other].forEach((expected, cell) => {
      expect(found[cell]).toBeCloseTo(expected, 12);
    });
  });

  test.each([
    ["a number", continuous],
    ["a whole number", whole],
    ["a choice", choice],
  ])("of %s is what its draws are spread by", (_, coordinate) => {
    const density = new Parzen([coordinate], points);
    const random = new Random({ seed: 1, purpose: "search" });
    const draws = 4000;
    const counts = Array<number>(5).fill(0);
    for (let draw = 0; draw < draws; draw++) counts[Math.floor(5 * density.sample(random)[0])]++;
    const fine = along(density, 500);
    counts.forEach((count, cell) => {
      const own = fine.slice(100 * cell, 100 * (cell + 1));
      const share = sum(own) / sum(fine);
      expect(Math.abs(count / draws - share)).toBeLessThan(4 * Math.sqrt(share / draws));
    });
  });
});
