// Selection by nested folds: what a selector must not see, what is dropped, and a planted truth.

import { describe, expect, test } from "vitest";
import { iris, species } from "../../test/support/iris.js";
import { classifiers, type Matrix, matrixOf } from "../estimators/index.js";
import { Random } from "../tensor/philox.js";
import { partAt, stratifiedFolds } from "./folds.js";
import {
  getSelector,
  type Labelled,
  type SelectionOptions,
  selectInFold,
  selectInFolds,
  selectors,
} from "./index.js";

const small: SelectionOptions = { seed: 1, folds: 3, particles: 6, iterations: 5 };
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** 13 bits of which 7 count: the class is whether three of these are 1. */
function threeOfSeven(rows: number, seed: number): Labelled {
  const random = new Random({ seed, purpose: "noise" });
  const data = Array.from({ length: rows }, () =>
    Array.from({ length: 13 }, () => (random.uniform() < 0.5 ? 1 : 0)),
  );
  const ones = (row: readonly number[]) => row.slice(0, 7).filter((bit) => bit === 1).length;
  return {
    features: matrixOf(data),
    classes: Int32Array.from(data, (row) => (ones(row) >= 3 ? 1 : 0)),
  };
}

/** A copy with other numbers in some rows. */
function changed({ data, ...rest }: Matrix, rows: Int32Array, to: (value: number) => number) {
  const held = new Set(rows);
  const at = (index: number) => Math.floor(index / rest.columns);
  return {
    ...rest,
    data: Float64Array.from(data, (value, index) => (held.has(at(index)) ? to(value) : value)),
  };
}

describe.each(selectors.map(({ name }) => name))("%s", (name) => {
  test("sees nothing of the outer fold", () => {
    const folds = stratifiedFolds(species, 3, new Random({ seed: 1, purpose: "split" }));
    const { held } = partAt(folds, 1);
    const selector = getSelector(name);
    const plain = selectInFold({ features: iris, classes: species }, selector, 1, small);
    const other = changed(iris, held, (value) => 100 - value);
    const without = selectInFold({ features: other, classes: species }, selector, 1, small);
    expect({ ...without, outer: plain.outer }).toEqual(plain);
    expect(without.outer).not.toBe(plain.outer);
  });

  test("keeps columns of the table, numbered as there, without those that are of no use", () => {
    const wide = matrixOf(
      Array.from({ length: 30 }, (_, row) => [
        7,
        row === 4 ? Number.NaN : row,
        ...iris.data.subarray(4 * row, 4 * row + 4),
      ]),
    );
    const selector = getSelector(name);
    const found = selectInFold({ features: wide, classes: species }, selector, 0, small);
    expect(found.dropped).toEqual([
      { column: 0, why: "constant" },
      { column: 1, why: "not finite" },
    ]);
    const plain = selectInFold({ features: iris, classes: species }, selector, 0, small);
    expect(found.columns).toEqual(plain.columns.map((column) => column + 2));
    expect(found.outer).toBe(plain.outer);
  });
});

test("accuracies are those of the classifier that is asked for", () => {
  const told = classifiers.map((classifier) =>
    selectInFold({ features: iris, classes: species }, getSelector("none"), 0, {
      ...small,
      classifier,
      ...(classifier.name === "forest" && { classifierOptions: { trees: 5 } }),
    }),
  );
  expect(told.every(({ outer }) => outer >= 0.7 && outer <= 1)).toBe(true);
  const one = { ...small, classifierOptions: { k: 1 } };
  const near = selectInFold({ features: iris, classes: species }, getSelector("none"), 0, one);
  expect(near.fitness).toBe(told[0].fitness);
});

test("folds are measured one after another", () => {
  const table = { features: iris, classes: species };
  const all = [...selectInFolds(table, getSelector("mi"), small)];
  expect(all.map(({ fold }) => fold)).toEqual([0, 1, 2]);
  expect(all[1]).toEqual(selectInFold(table, getSelector("mi"), 1, small));
});

test("what cannot be measured is refused", () => {
  const measure =
    (table: Labelled, options: Partial<SelectionOptions> = {}, fold = 0) =>
    () =>
      selectInFold(table, getSelector("none"), fold, { ...small, ...options });
  const table = { features: iris, classes: species };
  expect(measure({ ...table, classes: new Int32Array(30) })).toThrow("all 15 rows have class 0");
  expect(measure({ ...table, classes: species.slice(1) })).toThrow("29 classes for 30 rows");
  expect(measure({ ...table, features: matrixOf(Array(30).fill([1, 2])) })).toThrow(
    "every column is constant or holds numbers that are not finite",
  );
  expect(measure(table, { k: 16 })).toThrow("knn: 15 samples; expected 16 at least");
  expect(measure(table, { particles: 0 })).toThrow("particles is 0; expected a whole number");
  expect(measure(table, { alpha: 2 })).toThrow("alpha is 2; expected a number from 0 to 1");
  expect(measure(table, {}, 3)).toThrow("fold 3 of 3; expected one from 0 on");
});

describe("of 13 bits of which 7 count", () => {
  const options = { seed: 1, folds: 3, particles: 30, iterations: 20 };
  const table = threeOfSeven(1000, 1);
  const of = (name: string) => [...selectInFolds(table, getSelector(name), options)];
  const none = of("none");
  const found = Object.fromEntries(["aapso", "bpso", "rfe"].map((name) => [name, of(name)]));

  test.each(Object.keys(found))("%s keeps most, and drops most of the noise", (name) => {
    const kept = (from: number, to: number) =>
      mean(found[name].map(({ columns }) => columns.filter((at) => at >= from && at < to).length));
    expect(kept(0, 7)).toBeGreaterThan(5.5);
    expect(kept(7, 13)).toBeLessThan(2.5);
  });

  test.each([
    ["aapso", 0.01],
    ["bpso", 0.05],
    ["rfe", 0.05],
  ] as const)("%s is better than all features, inside and outside", (name, gain) => {
    for (const [at, { fitness }] of found[name].entries()) {
      expect(fitness).toBeGreaterThanOrEqual(none[at].fitness);
    }
    const gains = found[name].map(({ outer }, at) => outer - none[at].outer);
    expect(mean(gains)).toBeGreaterThan(gain);
  });
});
