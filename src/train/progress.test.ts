import { describe, expect, test } from "vitest";
import {
  addTallies,
  advance,
  type EpochRecord,
  isBetter,
  nextEpoch,
  recordOf,
  startOfRun,
} from "./progress.js";

const score = { metric: "accuracy", better: "higher" } as const;

const record = (epoch: number, accuracy: number, selectionLoss: number): EpochRecord => ({
  epoch,
  trainLoss: 1,
  train: { accuracy: 0.5 },
  selectionLoss,
  selection: { accuracy },
  lr: 0.1,
  seconds: 1,
  imagesPerSecond: 1,
  gradients: 1,
});

describe("the best epoch", () => {
  const kept = (epoch: number, loss: number) => ({
    ...{ epoch, score: 0.8, loss },
    metrics: { accuracy: 0.8 },
  });
  const best = kept(1, 0.5);

  test.each([
    ["more accuracy, whatever the loss", 0.9, 9, true],
    ["less accuracy, whatever the loss", 0.7, 0.1, false],
    ["as much accuracy and less loss", 0.8, 0.4, true],
    ["as much accuracy and more loss", 0.8, 0.6, false],
    ["the same again", 0.8, 0.5, false],
    ["as much accuracy and a loss that is no number", 0.8, Number.NaN, false],
  ])("%s", (_, accuracy, loss, expected) => {
    expect(isBetter(record(2, accuracy, loss), best, score)).toBe(expected);
  });

  test("has the lowest score where lower is better, and any score rather than none", () => {
    const error = { metric: "accuracy", better: "lower" } as const;
    expect(isBetter(record(2, 0.7, 9), best, error)).toBe(true);
    expect(isBetter(record(2, 0.9, 0.1), best, error)).toBe(false);
    expect(isBetter(record(2, Number.NaN, 0.1), best, error)).toBe(false);
    expect(isBetter(record(2, 0.9, 9), { ...best, score: Number.NaN }, error)).toBe(true);
  });

  test("of none that can be told has the lowest loss, also as a checkpoint brings it back", () => {
    const untold = { ...best, score: Number.NaN };
    for (const before of [untold, JSON.parse(JSON.stringify(untold))]) {
      expect(isBetter(record(2, 0, 9), before, score)).toBe(true);
      expect(isBetter(record(2, Number.NaN, 0.6), before, score)).toBe(false);
      expect(isBetter(record(2, Number.NaN, 0.4), before, score)).toBe(true);
    }
  });

  test("is the first one to begin with, and is kept with its numbers", () => {
    const first = nextEpoch(startOfRun, record(1, 0.8, 0.5), score);
    expect(first).toMatchObject({ epoch: 1, step: 0, best });
    const second = nextEpoch(first, record(2, 0.8, 0.4), score);
    expect(second.best).toEqual(kept(2, 0.4));
    const third = nextEpoch(second, record(3, 0.8, 0.45), score);
    expect(third.best).toEqual(kept(2, 0.4));
    expect(third.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });
});

test("sums, time and cost are counted once", () => {
  const sums = (images: number) => ({
    images,
    loss: 2 * images,
    tallies: { correct: images / 2 },
    work: 3 * images,
  });
  const half = advance(startOfRun, 1, sums(10), 4);
  const whole = advance(half, 2, sums(20), 6);
  expect(whole).toMatchObject({
    images: 20,
    work: 60,
    seconds: 10,
    trainSeconds: 10,
    epochSeconds: 10,
  });
  const evaluated = {
    ...{ loss: 0.5, lr: 0.1, images: 20 },
    selection: { accuracy: 0.8 },
    train: { accuracy: 0.5 },
  };
  const first = recordOf(whole, evaluated);
  expect(first).toMatchObject({
    epoch: 1,
    trainLoss: 2,
    train: { accuracy: 0.5 },
    selectionLoss: 0.5,
    selection: { accuracy: 0.8 },
    imagesPerSecond: 2,
    gradients: 3,
  });
  const again = advance(nextEpoch(whole, first, score), 2, sums(20), 5);
  expect(again).toMatchObject({ images: 40, work: 120, seconds: 15, epochTrainSeconds: 5 });
  expect(recordOf(again, evaluated)).toMatchObject({ epoch: 2, seconds: 5, gradients: 6 });
});

test("tallies add up by name; one that is not there is 0", () => {
  expect(addTallies({}, { a: 1 })).toEqual({ a: 1 });
  expect(addTallies({ a: 1, b: 2 }, { b: 3, c: 4 })).toEqual({ a: 1, b: 5, c: 4 });
});
