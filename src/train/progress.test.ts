import { describe, expect, test } from "vitest";
import type { Score } from "../tasks/index.js";
import {
  addTallies,
  advance,
  type EpochRecord,
  isBetter,
  nextEpoch,
  recordOf,
  startOfRun,
} from "./progress.js";

const record = (epoch: number, selectionAccuracy: number, selectionLoss: number): EpochRecord => ({
  epoch,
  trainLoss: 1,
  train: { accuracy: 0.5 },
  selectionLoss,
  selection: { accuracy: selectionAccuracy },
  lr: 0.1,
  seconds: 1,
  imagesPerSecond: 1,
  gradients: 1,
});

const score: Score = { metric: "accuracy", better: "higher" };

describe("the best epoch", () => {
  const best = { epoch: 1, score: 0.8, loss: 0.5, metrics: { accuracy: 0.8 } };

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

  test("has the least where less is better", () => {
    const less: Score = { metric: "accuracy", better: "lower" };
    expect(isBetter(record(2, 0.7, 9), best, less)).toBe(true);
    expect(isBetter(record(2, 0.9, 0.1), best, less)).toBe(false);
    expect(isBetter(record(2, Number.NaN, 0.1), best, less)).toBe(false);
    expect(isBetter(record(2, 0.8, 0.4), best, less)).toBe(true);
  });

  test("is the first one to begin with, and is kept with its numbers", () => {
    const first = nextEpoch(startOfRun, record(1, 0.8, 0.5), score);
    expect(first).toMatchObject({ epoch: 1, step: 0, best });
    const second = nextEpoch(first, record(2, 0.8, 0.4), score);
    expect(second.best).toEqual({ epoch: 2, score: 0.8, loss: 0.4, metrics: { accuracy: 0.8 } });
    const third = nextEpoch(second, record(3, 0.8, 0.45), score);
    expect(third.best).toEqual({ epoch: 2, score: 0.8, loss: 0.4, metrics: { accuracy: 0.8 } });
    expect(third.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });
});

test("sums, time and cost are counted once", () => {
  const sums = (images: number) => ({ images, loss: 2 * images, tallies: {}, work: 3 * images });
  const half = advance(startOfRun, 1, sums(10), 4);
  const whole = advance(half, 2, sums(20), 6);
  expect(whole).toMatchObject({ images: 20, work: 60, seconds: 10, epochSeconds: 10 });
  const metrics = { train: { accuracy: 0.5 }, selection: { accuracy: 0.8 } };
  const result = { loss: 0.5, ...metrics, lr: 0.1, images: 20 };
  const first = recordOf(whole, result);
  expect(first).toMatchObject({ epoch: 1, trainLoss: 2, selectionLoss: 0.5, ...metrics });
  expect(first).toMatchObject({ imagesPerSecond: 2, gradients: 3, seconds: 10 });
  const again = advance(nextEpoch(whole, first, score), 2, sums(20), 5);
  expect(again).toMatchObject({ images: 40, work: 120, seconds: 15, epochTrainSeconds: 5 });
  expect(recordOf(again, result)).toMatchObject({ epoch: 2, seconds: 5, gradients: 6 });
});

test("tallies are added by name", () => {
  expect(addTallies({ a: 1, b: 2 }, { b: 3, c: 4 })).toEqual({ a: 1, b: 5, c: 4 });
});
