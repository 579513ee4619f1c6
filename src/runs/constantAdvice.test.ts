import { expect, test } from "vitest";
import { classification, counting, segmentation, tags } from "../tasks/index.js";
import { type Advised, constantAdvice } from "./constantAdvice.js";

const run: Advised = {
  config: { sampling: "all" },
  task: classification,
  score: { metric: "accuracy", better: "higher" },
  steps: 1000,
};

const advice = (counts: readonly number[], change: Partial<Advised> = {}) =>
  constantAdvice(
    {
      metrics: {},
      confusion: { classes: ["rare", "common"], counts: Float64Array.from(counts) },
    },
    { ...run, ...change },
  );

test("advises where classes are unbalanced and a constant answer is as good", () => {
  expect(advice([0, 10, 0, 90])).toMatch(
    /finds 90.0 %, and always saying "common" finds 90.0 %.*--class-weights balanced, .* balancedAccuracy or macroF1$/,
  );
  expect(advice([5, 5, 8, 82])).toMatch(/finds 87.0 %/);
});

test("advises by what the task has, and not to choose by what already decides", () => {
  const score = { metric: "miou", better: "higher" } as const;
  expect(advice([0, 10, 0, 90], { task: segmentation, score })).toMatch(
    /try --class-weights balanced$/,
  );
  const other = { metric: "pixelAccuracy", better: "higher" } as const;
  expect(advice([0, 10, 0, 90], { task: segmentation, score: other })).toMatch(/alike: miou$/);
});

test("is silent where the net is better, or classes are alike, or there are none", () => {
  expect(advice([5, 5, 1, 89])).toBeUndefined();
  expect(advice([0, 40, 0, 60])).toBeUndefined();
  expect(advice([0, 0, 0, 90])).toBeUndefined();
  expect(constantAdvice({ metrics: {} }, run)).toBeUndefined();
});

test("is silent where its advice is followed", () => {
  expect(advice([0, 10, 0, 90], { config: { sampling: "all", classWeights: "balanced" } })).toBe(
    undefined,
  );
  expect(advice([0, 10, 0, 90], { config: { sampling: "balanced" } })).toBeUndefined();
});

test("an error no smaller and tags no better than of a constant answer", () => {
  const count = { ...run, task: counting };
  const constant = { metric: "mae", value: 52.8, says: "the mean count of the training images" };
  expect(constantAdvice({ metrics: { mae: 61.9 }, constant }, count)).toMatch(
    "the net has mae 61.9, and always saying the mean count of the training images has 52.8: it is worth no more",
  );
  expect(constantAdvice({ metrics: { mae: 52.7 }, constant }, count)).toBeUndefined();
  expect(constantAdvice({ metrics: { mae: 61.9 }, constant }, { ...count, steps: 5 })).toMatch(
    /these were 5 steps: try more --epochs, a smaller --batch, or another --lr \(convoy tune lr\)$/,
  );
  const all = { metric: "f2", value: 0.8, says: "all tags" };
  const tagged = { ...run, task: tags };
  expect(constantAdvice({ metrics: { f2: 0.8 }, constant: all }, tagged)).toMatch(
    /f2 80.0 %, and always saying all tags has 80.0 %.*choose from which confidence .* \(convoy tune decision\)$/,
  );
  expect(constantAdvice({ metrics: { f2: 0.81 }, constant: all }, tagged)).toBeUndefined();
});
