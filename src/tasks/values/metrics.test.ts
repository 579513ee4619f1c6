import { expect, test } from "vitest";
import { addInHalves } from "../../../test/support/addInHalves.js";
import { testGolden } from "../../../test/support/golden.js";
import { averageErrors, ValueMetrics } from "./metrics.js";

const plain = (names: number) => ({
  mean: new Array<number>(names).fill(0),
  std: new Array<number>(names).fill(1),
});
const names = (count: number) => Array.from({ length: count }, (_, at) => `value ${at}`);

/**
 * Metrics of rows of truths and of what was found, added in two batches. Both are doubles here, so that the arithmetic
 * can be held to more digits than the single precision of labels and outputs has.
 */
function metricsOf(
  truth: readonly (readonly number[])[],
  found: readonly (readonly number[])[],
  constants = plain(truth[0].length),
) {
  const double = (numbers: readonly number[]) =>
    Float64Array.from(numbers) as unknown as Float32Array;
  const labels = {
    kind: "values",
    of: double(truth.flat()),
    names: names(truth[0].length),
  } as const;
  return addInHalves(new ValueMetrics(labels, constants), found, double);
}

/** What scikit-learn says of one value. */
interface Golden {
  readonly truth: readonly number[];
  readonly found: readonly number[];
  readonly mae: number;
  readonly rmse: number;
  readonly r2: number;
}

testGolden<Golden>("are those of scikit-learn", "metrics-values.json.gz", 50, (cases) => {
  for (const { truth, found, ...expected } of cases) {
    const columns = (list: readonly number[]) => list.map((value) => [value]);
    const values = metricsOf(columns(truth), columns(found)).values();
    for (const name of ["mae", "rmse", "r2"] as const) {
      expect(values[name], name).toBeCloseTo(expected[name], 9);
    }
    // Beside another value each metric is the mean of both, scikit-learn's uniform average.
    const other = cases.find((one) => one.truth.length >= truth.length && one.truth !== truth);
    if (other === undefined) continue;
    const beside = metricsOf(
      truth.map((value, at) => [value, other.truth[at]]),
      found.map((value, at) => [value, other.found[at]]),
    ).outputs();
    for (const name of ["mae", "rmse", "r2"] as const) {
      expect(beside[0][name], name).toBeCloseTo(expected[name], 9);
    }
  }
});

test("every value counts alike, however large it is and however often it is known", () => {
  const unknown = Number.NaN;
  const metrics = metricsOf(
    [
      [1, 100],
      [2, unknown],
      [3, 300],
      [4, unknown],
    ],
    [
      [1, 110],
      [3, 5],
      [3, 270],
      [3, 7],
    ],
  );
  expect(metrics.outputs()).toEqual([
    { name: "value 0", support: 4, mae: 0.5, rmse: Math.sqrt(0.5), r2: 1 - 2 / 5 },
    { name: "value 1", support: 2, mae: 20, rmse: Math.sqrt(500), r2: 1 - 1000 / 20000 },
  ]);
  const { mae, rmse, r2 } = metrics.values();
  expect(mae).toBe(10.25);
  expect(rmse).toBeCloseTo((Math.sqrt(0.5) + Math.sqrt(500)) / 2, 12);
  expect(r2).toBeCloseTo((0.6 + 0.95) / 2, 12);
});

test("what the net gives is in the units of training's mean and spread", () => {
  const constants = { mean: [10, -2], std: [5, 0.5] };
  const { mae } = metricsOf([[15, -1]], [[0, 4]], constants).values();
  expect(mae).toBe((5 + 1) / 2);
});

test("a value that never changes has no r2, also where its mean is no exact number", () => {
  const metrics = metricsOf(
    [0.1, 0.1, 0.1, 0.1, 0.1, 0.1].map((value, at) => [value, at]),
    [0.2, 0.1, 0.1, 0.1, 0.1, 0.1].map((value, at) => [value, at + 1]),
  );
  const [constant, other] = metrics.outputs();
  expect(constant.r2).toBeNaN();
  expect(metrics.values().r2).toBe(other.r2);
  expect(other.r2).toBeCloseTo(1 - 6 / 17.5, 12);
});

test("truths far from 0 keep their digits", () => {
  const truth = [1, 2, 3, 4].map((value) => [1e9 + value]);
  const found = [1, 2, 3, 5].map((value) => [1e9 + value]);
  expect(metricsOf(truth, found).values().r2).toBeCloseTo(0.8, 9);
});

test("a value that is never known is left out; without any there is nothing to tell", () => {
  expect(averageErrors([])).toEqual({ mae: Number.NaN, rmse: Number.NaN });
  const metrics = metricsOf([[1, Number.NaN]], [[3, 3]]);
  expect(metrics.values()).toEqual({ mae: 2, rmse: 2, r2: Number.NaN });
  expect(metrics.outputs()[1]).toMatchObject({ support: 0, mae: Number.NaN, r2: Number.NaN });
});

test("what always saying the training mean would score, averaged over the values", () => {
  const constants = { mean: [2, 10], std: [1, 1] };
  const truth = [
    [1, 10],
    [5, Number.NaN],
  ];
  const { constant } = metricsOf(
    truth,
    [
      [0, 0],
      [0, 0],
    ],
    constants,
  );
  expect(constant).toMatchObject({ metric: "mae", value: (2 + 0) / 2 });
});
