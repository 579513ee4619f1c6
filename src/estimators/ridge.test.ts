import { expect, test } from "vitest";
import { Random } from "../tensor/philox.js";
import { matrix, matrixOf } from "./index.js";
import { ridge } from "./ridge.js";

const random = new Random({ seed: 1, purpose: "search" });
const normals = (rows: number, columns: number) =>
  matrix(
    Float64Array.from({ length: rows * columns }, () => random.normal()),
    rows,
    columns,
  );
const close = (found: ArrayLike<number>, expected: ArrayLike<number>) =>
  Array.from(expected).forEach((value, at) => {
    expect(found[at]).toBeCloseTo(value, 9);
  });

test("one column is the closed form: centred products over squares and penalty", () => {
  const x = [1, 2, 4, 7];
  const y = [3, 1, 5, 9];
  const [mx, my] = [3.5, 4.5];
  const dot = x.reduce((sum, value, at) => sum + (value - mx) * (y[at] - my), 0);
  const squares = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  for (const penalty of [0, 0.5, 10]) {
    const { weights, intercepts } = ridge(
      matrixOf(x.map((value) => [value])),
      matrixOf(y.map((value) => [value])),
      { penalty },
    );
    close(weights.data, [dot / (squares + penalty)]);
    close(intercepts, [my - (mx * dot) / (squares + penalty)]);
  }
});

test("without a penalty it finds the forms that made the targets, each for itself", () => {
  const features = normals(30, 3);
  const made = Array.from({ length: 30 }, (_, row) => {
    const [a, b, c] = features.data.subarray(3 * row, 3 * row + 3);
    return [2 * a - b + 0.5 * c + 7, c - 4];
  });
  const { weights, intercepts, predict } = ridge(features, matrixOf(made), { penalty: 0 });
  close(weights.data, [2, -1, 0.5, 0, 0, 1]);
  close(intercepts, [7, -4]);
  close(predict(features).data, made.flat());
});

test("its gradient is zero: products of errors and columns are the penalty times the weights", () => {
  const [features, targets] = [normals(20, 4), normals(20, 2)];
  const { weights, predict } = ridge(features, targets, { penalty: 3 });
  const found = predict(features).data;
  for (let k = 0; k < 2; k++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let row = 0; row < 20; row++) {
        const error = targets.data[2 * row + k] - found[2 * row + k];
        sum += error * features.data[4 * row + column];
      }
      expect(sum).toBeCloseTo(3 * weights.data[4 * k + column], 9);
    }
  }
});

test("columns that say the same need a penalty, and share the weight then", () => {
  const twins = matrixOf([
    [1, 1],
    [2, 2],
    [4, 4],
  ]);
  const targets = matrixOf([[1], [2], [4]]);
  expect(() => ridge(twins, targets, { penalty: 0 })).toThrow("column 1 is constant, or a sum");
  const { weights } = ridge(twins, targets, { penalty: 1e-6 });
  expect(weights.data[0]).toBeCloseTo(0.5, 5);
  expect(weights.data[1]).toBeCloseTo(0.5, 5);
});

test.each([
  ["another number of targets", () => ridge(normals(3, 2), normals(2, 1)), "2 rows of targets for"],
  ["no samples", () => ridge(normals(0, 2), normals(0, 1)), "0 rows of targets for 0 samples"],
  ["a penalty below 0", () => ridge(normals(3, 2), normals(3, 1), { penalty: -1 }), "from 0 on"],
  ["what is not finite", () => ridge(matrixOf([[Number.NaN]]), matrixOf([[1]])), "row 0, column 0"],
  [
    "other columns when asked",
    () => ridge(normals(3, 2), normals(3, 1)).predict(normals(1, 3)),
    "3 columns; expected 2",
  ],
])("%s is refused", (_, act, message) => {
  expect(act).toThrow(message);
});
