import { expect, test } from "vitest";
import { addInHalves } from "../../../test/support/addInHalves.js";
import { testGolden } from "../../../test/support/golden.js";
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

testGolden<Golden>("are those of scikit-learn", "metrics-classify.json.gz", 200, (cases) => {
  for (const { classes, truth, probabilities, ...expected } of cases) {
    const metrics = addInHalves(new ClassMetrics(classLabels(truth, classes)), probabilities);
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
