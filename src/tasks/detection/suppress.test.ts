import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { overlap, shareInside } from "./overlap.js";
import { suppress } from "./suppress.js";

describe("overlap", () => {
  test.each([
    ["a box and itself", [1, 2, 3, 4], [1, 2, 3, 4], 1],
    ["half beside each other", [0, 0, 2, 1], [1, 0, 2, 1], 1 / 3],
    ["one in the other", [0, 0, 4, 4], [1, 1, 2, 2], 1 / 4],
    ["side by side", [0, 0, 2, 2], [2, 0, 2, 2], 0],
    ["corner to corner", [0, 0, 2, 2], [3, 3, 2, 2], 0],
    ["without any area", [0, 0, 0, 0], [0, 0, 0, 0], 0],
  ])("of %s", (_, a, b, expected) => {
    expect(overlap(a, 0, b, 0)).toBeCloseTo(expected, 12);
    expect(overlap([9, 9, ...b], 2, a, 0)).toBeCloseTo(expected, 12);
  });

  test("within a crowd counts the own area alone", () => {
    expect(shareInside([0, 0, 2, 2], 0, [1, 0, 9, 9], 0)).toBe(0.5);
    expect(shareInside([1, 0, 9, 9], 0, [0, 0, 2, 2], 0)).toBeCloseTo(2 / 81, 12);
  });
});

describe("suppression", () => {
  const rows = [
    [0, 0, 10, 10, 0, 0.5],
    [1, 0, 10, 10, 0, 0.9],
    [1, 0, 10, 10, 1, 0.8],
    [20, 0, 10, 10, 0, 0.7],
    [2, 0, 10, 10, 0, 0.6],
  ];
  const scores = (most: number, limit = 9) => suppress(rows, most, limit).map((row) => row[5]);

  test("keeps the best of a class where boxes lie over each other, best first", () => {
    expect(scores(0.5)).toEqual([0.9, 0.8, 0.7]);
  });

  test("boxes that lie over each other by exactly the threshold both stay", () => {
    expect(scores(9 / 11)).toEqual([0.9, 0.8, 0.7, 0.6, 0.5]);
    expect(scores(9 / 11 - 1e-9)).toEqual([0.9, 0.8, 0.7]);
  });

  test("what was taken out hides nothing itself", () => {
    // The third lies over the second alone, which the first hides.
    const chain = [0, 4, 8].map((left, at) => [left, 0, 10, 10, 0, 0.9 - at / 10]);
    expect(suppress(chain, 0.4, 9).map((row) => row[0])).toEqual([0, 8]);
  });

  test("stops at the limit; of equals the first stays", () => {
    expect(scores(1, 2)).toEqual([0.9, 0.8]);
    const equals = [3, 4].map((left) => [left, 0, 10, 10, 0, 0.5]);
    expect(suppress(equals, 0.3, 9)).toEqual([equals[0]]);
  });

  test("whatever is given: no two that stay hide each other, and what does not is hidden by one", () => {
    const box = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 6 })));
    const row = fc
      .tuple(box, fc.integer({ min: 0, max: 1 }), fc.float({ min: 0, max: 1, noNaN: true }))
      .map(([place, of, score]) => [...place, of, score]);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (given) => {
        const kept = suppress(given, 0.3, 99);
        const hides = (a: readonly number[], b: readonly number[]) =>
          a !== b && a[4] === b[4] && a[5] >= b[5] && overlap(a, 0, b, 0) > 0.3;
        for (const one of given) {
          expect(kept.some((other) => hides(other, one))).toBe(!kept.includes(one));
        }
      }),
    );
  });
});
