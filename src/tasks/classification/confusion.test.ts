import { describe, expect, test } from "vitest";
import { InputError } from "../../inputError.js";
import { ConfusionMatrix, countTopK, predictions } from "./confusion.js";

const logits = [
  [3, 1, 2],
  [0, 0, 0],
  [-1, -2, 5],
  [1, 4, 2],
].flat();

test("the largest logit wins, the first at a tie", () => {
  expect([...predictions(logits, 3)]).toEqual([0, 0, 2, 1]);
});

test("logits that are not whole rows are refused", () => {
  expect(() => predictions([1, 2, 3, 4], 3)).toThrow("4 logits are not rows of 3 classes");
});

describe("top k", () => {
  const labels = [2, 1, 0, 1];

  test.each([
    [1, 1],
    [2, 4],
    [3, 4],
  ])("k = %d finds %d of 4", (k, found) => {
    expect(countTopK(logits, labels, 3, k)).toBe(found);
  });

  test("logits that are not numbers are never right", () => {
    expect(countTopK([Number.NaN, Number.NaN], [0], 2, 2)).toBe(0);
  });

  test("a label out of range is refused by number", () => {
    expect(() => countTopK(logits, [0, 0, 3, 0], 3, 1)).toThrow("label 3 of sample 2");
  });
});

describe("confusion matrix", () => {
  const matrix = new ConfusionMatrix(3);
  matrix.add([0, 0, 1], [0, 0, 0]);
  matrix.add([1, 0, 1], [1, 1, 1]);

  test("counts truth by row and prediction by column, over batches", () => {
    expect([...matrix.counts]).toEqual([2, 1, 0, 1, 2, 0, 0, 0, 0]);
    expect(matrix.total).toBe(6);
    expect(matrix.accuracy).toBeCloseTo(4 / 6, 12);
  });

  test("a class that never occurs has zeros and does not count in the balanced accuracy", () => {
    const [first, second, third] = matrix.perClass();
    expect(first).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 });
    expect(second.support).toBe(3);
    expect(third).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect(matrix.balancedAccuracy).toBeCloseTo(2 / 3, 12);
  });

  test("recall and precision differ where truth and prediction do", () => {
    const skewed = new ConfusionMatrix(2);
    skewed.add([0, 0, 0, 1], [0, 1, 1, 1]);
    const [first, second] = skewed.perClass();
    expect(first).toEqual({ precision: 1 / 3, recall: 1, f1: 0.5, support: 1 });
    expect(second).toEqual({ precision: 1, recall: 1 / 3, f1: 0.5, support: 3 });
    expect(skewed.accuracy).toBe(0.5);
    expect(skewed.balancedAccuracy).toBeCloseTo(2 / 3, 12);
  });

  test("an empty one has accuracy 0", () => {
    expect(new ConfusionMatrix(2).accuracy).toBe(0);
  });

  test("a prediction that is not a class is refused", () => {
    expect(() => new ConfusionMatrix(2).add([2], [0])).toThrow(InputError);
  });
});
