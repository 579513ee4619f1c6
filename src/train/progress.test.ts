import { describe, expect, test } from "vitest";
import { addTallies, type EpochRecord, isBetter, nextEpoch, startOfRun } from "./progress.js";

const record = (metric: number, loss = 1): EpochRecord => ({
  ...{ epoch: 1, trainLoss: 1, train: {}, selectionLoss: loss, selection: { metric } },
  ...{ lr: 0.1, seconds: 1, imagesPerSecond: 1, gradients: 1 },
});
const higher = { metric: "metric", better: "higher" } as const;
const lower = { metric: "metric", better: "lower" } as const;
const best = (score: number, loss = 1) => ({ epoch: 1, score, loss, metrics: {} });

describe("an epoch is better than the best one", () => {
  test.each([
    [higher, 0.6, 0.5, true],
    [higher, 0.5, 0.6, false],
    [lower, 0.6, 0.5, false],
    [lower, 0.5, 0.6, true],
    [lower, -1, 0, true],
  ])("by its score: %j, %d after %d: %s", (score, now, before, expected) => {
    expect(isBetter(record(now), best(before), score)).toBe(expected);
  });

  test("by its loss where scores are equal", () => {
    for (const score of [higher, lower]) {
      expect(isBetter(record(0.5, 0.9), best(0.5), score)).toBe(true);
      expect(isBetter(record(0.5, 1), best(0.5), score)).toBe(false);
    }
  });

  test("when that has a score that cannot be told, also as it comes back from a checkpoint", () => {
    const untold = JSON.parse(JSON.stringify(best(Number.NaN)));
    for (const score of [higher, lower]) {
      for (const before of [best(Number.NaN), untold]) {
        expect(isBetter(record(0), before, score)).toBe(true);
        expect(isBetter(record(Number.NaN, 2), before, score)).toBe(false);
        expect(isBetter(record(Number.NaN, 0.5), before, score)).toBe(true);
      }
      expect(isBetter(record(Number.NaN, 0), best(0), score)).toBe(false);
    }
  });

  test("when it is the first", () => {
    expect(isBetter(record(Number.NaN), undefined, higher)).toBe(true);
  });
});

test("the best epoch keeps its metrics by name", () => {
  const { best: found } = nextEpoch(startOfRun, record(0.25, 2), lower);
  expect(found).toEqual({ epoch: 1, score: 0.25, loss: 2, metrics: { metric: 0.25 } });
});

test("tallies add up by name; one that is not there is 0", () => {
  expect(addTallies({}, { a: 1 })).toEqual({ a: 1 });
  expect(addTallies({ a: 1, b: 2 }, { b: 3, c: 4 })).toEqual({ a: 1, b: 5, c: 4 });
});
