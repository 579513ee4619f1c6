import { expect, test } from "vitest";
import { noise } from "../../../test/support/layers.js";
import { allocate, type BitLayer } from "./allocate.js";

const layer = (
  name: string,
  losses: readonly number[],
  costs: readonly number[],
  tie?: string,
) => ({
  name,
  tie,
  choices: losses.map((loss, at) => ({ bits: 2 ** (at + 1), loss, cost: costs[at] })),
});

/** The best of all allocations, tried one by one. */
function tried(layers: readonly BitLayer[], budget: number): number {
  const from = (at: number, cost: number): number => {
    if (cost > budget) return Number.POSITIVE_INFINITY;
    if (at === layers.length) return 0;
    return Math.min(
      ...layers[at].choices.map((choice) => choice.loss + from(at + 1, cost + choice.cost)),
    );
  };
  return from(0, 0);
}

test("is as good as the best of all allocations, whatever the costs", () => {
  const numbers = noise(9 * 6 * 20).map(Math.abs);
  for (let round = 0; round < 20; round++) {
    const layers = Array.from({ length: 9 }, (_, at) => {
      const own = [...numbers.subarray((round * 9 + at) * 6, (round * 9 + at + 1) * 6)];
      return layer(String(at), own.slice(0, 3), own.slice(3));
    });
    const least = layers.reduce(
      (sum, { choices }) => sum + Math.min(...choices.map(({ cost }) => cost)),
      0,
    );
    const budget = least * (1 + round / 10);
    const found = allocate(layers, budget);
    expect(found.loss).toBeCloseTo(tried(layers, budget), 12);
    expect(found.cost).toBeLessThanOrEqual(budget);
  }
});

test("tied layers have the bits that all of them can have", () => {
  const layers = [
    layer("a", [9, 1], [1, 2], "pair"),
    { ...layer("b", [0, 1], [1, 2], "pair"), choices: [{ bits: 2, loss: 0, cost: 1 }] },
  ];
  expect([...allocate(layers, 9).bits.values()]).toEqual([2, 2]);
  const apart = [layers[0], { ...layers[1], choices: [{ bits: 8, loss: 0, cost: 1 }] }];
  expect(() => allocate(apart, 9)).toThrow(
    "bits: a, b are tied and have no number of bits in common",
  );
});

test("a budget that nothing fits is refused with the smallest one", () => {
  const layers = [layer("a", [1, 0], [3, 5]), layer("b", [1, 0], [4, 6])];
  expect(() => allocate(layers, 6.9)).toThrow(
    "bits: a budget of 6.9 is too small; the smallest possible is 7",
  );
  expect(() => allocate(layers, Number.NaN)).toThrow("a budget of NaN is too small");
  expect([...allocate(layers, 7).bits.values()]).toEqual([2, 2]);
});

test("of equal losses the cheaper one", () => {
  expect([...allocate([layer("a", [1, 1], [3, 5])], 9).bits]).toEqual([["a", 2]]);
});
