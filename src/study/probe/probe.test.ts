import { describe, expect, test } from "vitest";
import { matrixOf } from "../../estimators/index.js";
import { ways } from "./ways.js";

const classed = (rows: number[][], classes: number[]) => ({
  features: matrixOf(rows),
  classes: Int32Array.from(classes),
});

describe("ways", () => {
  // Classes by direction: class 1 lies round the second axis.
  const train = classed(
    [
      [5, 0.1],
      [1, 0],
      [0, 2],
      [0.1, 9],
    ],
    [0, 0, 1, 1],
  );
  const test_ = classed(
    [
      [100, 1],
      [0, 0.2],
      [3, 2],
    ],
    [0, 1, 1],
  );

  test("neighbours are told by direction", () => {
    expect(ways.knn({ train, selection: train, test: test_ })).toBeCloseTo(2 / 3);
  });

  test("a linear classifier tells what a line parts", () => {
    expect(ways.linear({ train, selection: train, test: train })).toBe(1);
  });
});
