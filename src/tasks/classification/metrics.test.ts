import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { classLabels } from "../../../test/support/questions.js";
import { ClassMetrics } from "./metrics.js";

/** What scikit-learn says of random cases. */
interface Golden {
  readonly classes: number;
  readonly truth: readonly number[];
  /** [n, classes]. */
  readonly probabilities: readonly (readonly number[])[];
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** Over all classes: one that is neither there nor found counts 0. */
  readonly macroF1: number;
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly confusion: readonly (readonly number[])[];
  /** With two classes that both occur. */
  readonly auc?: number;
}

const golden = "../shared/golden/metrics-classify.json.gz";

test.skipIf(!existsSync(golden))(`are those of scikit-learn (${golden})`, () => {
  const cases: Golden[] = JSON.parse(gunzipSync(readFileSync(golden)).toString());
  expect(cases).toHaveLength(200);
  for (const { classes, truth, probabilities, ...expected } of cases) {
    const metrics = new ClassMetrics(classLabels(truth, classes));
    const half = truth.length >> 1;
    for (const [from, to] of [
      [0, half],
      [half, truth.length],
    ]) {
      const rows = probabilities.slice(from, to);
      metrics.add(
        Float32Array.from(rows.flat()),
        Int32Array.from(rows, (_, at) => from + at),
      );
    }
    const { accuracy, balancedAccuracy, macroF1, auc } = metrics.values();
    const { confusion } = expected;
    const seen = confusion.filter((row, at) =>
      row.concat(confusion.map((r) => r[at])).some(Boolean),
    );
    expect(accuracy).toBeCloseTo(expected.accuracy, 9);
    expect(balancedAccuracy).toBeCloseTo(expected.balancedAccuracy, 9);
    expect((macroF1 * seen.length) / classes).toBeCloseTo(expected.macroF1, 9);
    expect(auc === undefined).toBe(classes !== 2);
    if (expected.auc !== undefined) expect(auc).toBeCloseTo(expected.auc, 9);
    for (const [at, { precision, recall, support }] of metrics.outputs().entries()) {
      expect(precision).toBeCloseTo(expected.precision[at], 9);
      expect(recall).toBeCloseTo(expected.recall[at], 9);
      expect(support).toBe(confusion[at].reduce((sum, count) => sum + count, 0));
    }
    expect([...metrics.confusion.counts]).toEqual(confusion.flat());
  }
});

test("five guesses are told of more than five classes, the area under the curve of two", () => {
  const namesOf = (classes: number) =>
    Object.keys(new ClassMetrics(classLabels([], classes)).values());
  const always = ["accuracy", "balancedAccuracy", "macroF1"];
  expect(namesOf(2)).toEqual([...always, "auc"]);
  expect(namesOf(5)).toEqual(always);
  expect(namesOf(6)).toEqual(["accuracy", "balancedAccuracy", "top5", "macroF1"]);
});

test("a class is among the first five as often as it has at most four before it", () => {
  const metrics = new ClassMetrics(classLabels([0, 5, 0], 6));
  metrics.add(Float32Array.of(...[1, 2, 3, 4, 5, 0], ...[1, 2, 3, 4, 5, 0]), Int32Array.of(0, 1));
  metrics.add(Float32Array.of(0, 1, 2, 3, 4, 5), Int32Array.of(2));
  expect(metrics.values().top5).toBe(1 / 3);
});

test("labels are those of the images that are named", () => {
  const metrics = new ClassMetrics(classLabels([0, 1, 2], 3));
  metrics.add(Float32Array.of(0, 0, 1, 1, 0, 0), Int32Array.of(2, 0));
  expect(metrics.values().accuracy).toBe(1);
});
