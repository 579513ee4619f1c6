import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { principalPlane } from "./principalPlane.js";

type Point = readonly number[];

const dot = (a: Point, b: Point) => a.reduce((sum, x, at) => sum + x * b[at], 0);
const gramOf = (points: readonly Point[]) =>
  Float64Array.from(points.flatMap((a) => points.map((b) => dot(a, b))));

const coordinate = fc.double({ min: -5, max: 5, noNaN: true });

describe("principal plane", () => {
  test("keeps all distances of points that lie in a plane", () => {
    // Two directions at right angles in five dimensions, far from the origin.
    const [u, v] = [
      [0.6, 0, 0.8, 0, 0],
      [0, 1, 0, 0, 0],
    ];
    const place = (a: number, b: number) => u.map((x, at) => 7 + a * x + b * v[at]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 8 }),
        (flat) => {
          const points = flat.map(([a, b]) => place(a, b));
          const { x, y, shares } = principalPlane(gramOf(points), points.length);
          for (const [i, [a, b]] of flat.entries()) {
            for (const [j, [c, d]] of flat.entries()) {
              const apart = Math.hypot(x[i] - x[j], y[i] - y[j]);
              expect(apart).toBeCloseTo(Math.hypot(a - c, b - d), 4);
            }
          }
          const all = shares[0] + shares[1];
          expect(Math.min(Math.abs(all), Math.abs(all - 1))).toBeLessThan(1e-9);
          expect(shares[0]).toBeGreaterThanOrEqual(shares[1]);
        },
      ),
    );
  });

  test("has its axes along the largest spreads, and says how large they are", () => {
    // Variances 9 : 4 : 1 along the axes.
    const points = [3, 2, 1].flatMap((length, axis) =>
      [-1, 1].map((sign) => [0, 1, 2].map((at) => (at === axis ? sign * length : 0))),
    );
    const { x, y, shares } = principalPlane(gramOf(points), 6);
    expect([...x].map((value) => Math.abs(value))).toEqual(
      [3, 3, 0, 0, 0, 0].map((value) => expect.closeTo(value, 9)),
    );
    expect([...y].map((value) => Math.abs(value))).toEqual(
      [0, 0, 2, 2, 0, 0].map((value) => expect.closeTo(value, 9)),
    );
    expect(shares[0]).toBeCloseTo(9 / 14, 9);
    expect(shares[1]).toBeCloseTo(4 / 14, 9);
  });

  test("does not depend on where the origin is, and turns the farthest point to the front", () => {
    const points = [[0], [1], [-4]];
    const moved = points.map(([x]) => [x + 100]);
    const { x } = principalPlane(gramOf(points), 3);
    expect([...x]).toEqual([-1, -2, 3].map((value) => expect.closeTo(value, 9)));
    expect([...principalPlane(gramOf(moved), 3).x]).toEqual(
      [-1, -2, 3].map((value) => expect.closeTo(value, 6)),
    );
  });

  test.each([
    ["one point", [[1, 2]]],
    [
      "points that coincide",
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    ],
  ])("of %s is the point (0, 0)", (_, points) => {
    const { x, y, shares } = principalPlane(gramOf(points), points.length);
    expect([...x, ...y].every((value) => Math.abs(value) < 1e-6)).toBe(true);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  test("refuses products of another number of points", () => {
    expect(() => principalPlane(new Float64Array(5), 2)).toThrow(
      "principal plane of 2 points: expected 4 products, found 5",
    );
  });
});
