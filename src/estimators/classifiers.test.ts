// What holds for every classifier: what it refuses, and what must not change its answers.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { iris, species } from "../../test/support/iris.js";
import { Random } from "../tensor/philox.js";
import {
  accuracy,
  classifiers,
  type EstimatorOptions,
  getClassifier,
  matrixOf,
  standardise,
  takeRows,
} from "./index.js";
import type { Matrix } from "./matrix.js";

/** A column more that is always the same. */
function withConstant({ data, rows, columns }: Matrix): Matrix {
  const wider = new Float64Array(rows * (columns + 1)).fill(7);
  for (let row = 0; row < rows; row++) {
    wider.set(data.subarray(row * columns, (row + 1) * columns), row * (columns + 1));
  }
  return { data: wider, rows, columns: columns + 1 };
}

const rounded = ({ data }: Matrix, digits: number) =>
  Array.from(data, (value) => Number(value.toFixed(digits)) + 0);

describe.each(classifiers.map((one) => [one.name, one] as const))("%s", (name, classifier) => {
  test("learns the irises", () => {
    const fitted = classifier.fit(iris, species);
    expect(fitted.classes).toEqual(Int32Array.of(0, 1, 2));
    expect(accuracy(fitted.predict(iris), species)).toBeGreaterThanOrEqual(0.9);
    expect(fitted.predict(iris)).toEqual(classifier.fit(iris, species).predict(iris));
  });

  test("gives one class a row, and scores for each class", () => {
    const fitted = classifier.fit(iris, species);
    const asked = takeRows(iris, [0, 15, 21]);
    expect(fitted.predict(asked)).toEqual(Int32Array.of(0, 1, 2));
    const { rows, columns, data } = fitted.scores(asked);
    expect([rows, columns, data.length]).toEqual([3, 3, 9]);
    expect(fitted.scores(takeRows(iris, [])).data).toHaveLength(0);
  });

  test("keeps the numbers of classes that occur", () => {
    const spread = species.map((one) => [3, 7, 40][one]);
    const fitted = classifier.fit(iris, spread);
    expect(fitted.classes).toEqual(Int32Array.of(3, 7, 40));
    const plain = classifier.fit(iris, species);
    expect(fitted.predict(iris)).toEqual(plain.predict(iris).map((one) => [3, 7, 40][one]));
  });

  test.skipIf(name === "forest")("does not depend on the order of rows", () => {
    const plain = rounded(classifier.fit(iris, species).scores(iris), 6);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const order = new Random({ seed, purpose: "order" }).permutation(30);
        const classes = Int32Array.from(order, (row) => species[row]);
        const shuffled = classifier.fit(takeRows(iris, order), classes);
        expect(rounded(shuffled.scores(iris), 6)).toEqual(plain);
      }),
      { numRuns: 10 },
    );
  });

  test("does not see a constant column once it is standardised", () => {
    const wide = withConstant(iris);
    const scaled = standardise(wide).transform(wide);
    const plain = standardise(iris).transform(iris);
    const options: EstimatorOptions =
      name === "forest" ? { bootstrap: 0, features: 5, trees: 3 } : {};
    const known = classifier.fit(plain, species, options).predict(plain);
    expect(classifier.fit(scaled, species, options).predict(scaled)).toEqual(known);
  });

  test("does not depend on the scale of columns once they are standardised", () => {
    const scaled = {
      ...iris,
      data: iris.data.map((value, at) => value * [1e-6, 3, 1e9, 50][at % 4] - 5),
    };
    const answers = [iris, scaled].map((features) => {
      const z = standardise(features).transform(features);
      return classifier.fit(z, species).predict(z);
    });
    expect(answers[0]).toEqual(answers[1]);
  });

  test("does not change what it is given, and takes f32", () => {
    const features = { ...iris, data: Float32Array.from(iris.data) };
    const before = features.data.slice();
    const fitted = classifier.fit(features, species);
    expect(accuracy(fitted.predict(features), species)).toBeGreaterThanOrEqual(0.9);
    expect(features.data).toEqual(before);
  });

  test("refuses what cannot be learned or asked, saying where", () => {
    const fit = (features: Matrix, classes: Int32Array) => () => classifier.fit(features, classes);
    const two = matrixOf([
      [1, 2],
      [3, Number.NaN],
      [5, 6],
      [7, 8],
      [9, 10],
      [11, 12],
    ]);
    const finite = matrixOf([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
      [11, 12],
    ]);
    const classes = Int32Array.of(0, 0, 0, 1, 1, 1);
    expect(fit(two, classes)).toThrow("row 1, column 1 (from 0) is NaN");
    expect(fit(finite, new Int32Array(6))).toThrow(`${name}: all 6 rows have class 0`);
    expect(fit(finite, Int32Array.of(0, 1))).toThrow("2 classes for 6 rows");
    expect(fit(finite, Int32Array.of(0, 0, -1, 1, 1, 1))).toThrow("row 2 has class -1");
    expect(fit(matrixOf([]), new Int32Array())).toThrow("no columns");
    expect(fit({ ...finite, rows: 0, data: new Float64Array() }, new Int32Array())).toThrow(
      `${name}: no samples`,
    );
    const fitted = classifier.fit(finite, classes);
    expect(() => fitted.predict(two)).toThrow("row 1, column 1 (from 0) is NaN");
    expect(() => fitted.predict(iris)).toThrow(`${name}: 4 columns; expected 2`);
    expect(() => classifier.fit(finite, classes, { kk: 1 })).toThrow(
      `${name}: unknown option "kk"; known: `,
    );
    const [option] = Object.keys(classifier.defaults);
    for (const value of [0, -1, Number.NaN]) {
      expect(() => classifier.fit(finite, classes, { [option]: value })).toThrow(
        `${name}: option ${option} is ${value}; expected`,
      );
    }
  });
});

test("are found by name", () => {
  expect(getClassifier("svm").name).toBe("svm");
  expect(() => getClassifier("smv")).toThrow('unknown classifier "smv" (did you mean "svm"?)');
});

test("a logistic fit may end before the last digits are settled", () => {
  const scores = (tolerance?: number) =>
    getClassifier("logistic")
      .fit(iris, species, { ...(tolerance && { tolerance }) })
      .scores(iris).data;
  const exact = scores();
  const apart = (tolerance: number) =>
    Math.max(...Array.from(scores(tolerance), (value, at) => Math.abs(value - exact[at])));
  expect(apart(1e-2)).toBeGreaterThan(apart(1e-4));
  expect(apart(1e-2)).toBeLessThan(0.1);
});
