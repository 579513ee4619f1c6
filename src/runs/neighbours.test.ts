import { expect, test } from "vitest";
import { likenessOf, nearestTo } from "./neighbours.js";

/** Directions in the plane, by degrees and of any length. */
const rows = (...degrees: number[]) => ({
  of: Float32Array.from(
    degrees.flatMap((angle, at) => [
      (at + 1) * Math.cos((angle * Math.PI) / 180),
      (at + 1) * Math.sin((angle * Math.PI) / 180),
    ]),
  ),
  width: 2,
});

test("nearest are those of the smallest angle, whatever their length", () => {
  const near = nearestTo(Float32Array.of(0.1, 0), rows(90, 10, -5, 180), 3);
  expect(near.map(({ at }) => at)).toEqual([2, 1, 0]);
  expect(near[0].similarity).toBeCloseTo(Math.cos((5 * Math.PI) / 180), 5);
  expect(nearestTo(Float32Array.of(1, 0), rows(0), 12)).toHaveLength(1);
});

test("pairs are told once, the most alike first, and the odd one is like no other", () => {
  const { pairs, odd } = likenessOf(rows(0, 0.1, 30, 31, 200), { pairsFrom: 0.99, among: 2 });
  expect(pairs.map(({ a, b }) => [a, b])).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(odd[0].at).toBe(4);
});
