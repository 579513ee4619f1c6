import { expect, test } from "vitest";
import { majorityAdvice } from "./majority.js";

const advice = (counts: readonly number[], classWeights?: string) =>
  majorityAdvice(
    { confusion: { classes: ["rare", "common"], counts: Float64Array.from(counts) } },
    { classWeights, sampling: "all" },
  );

test("advises where classes are unbalanced and a constant answer is as good", () => {
  expect(advice([0, 10, 0, 90])).toMatch(
    /finds 90.0 %, and always saying "common" finds 90.0 %.*--class-weights balanced/,
  );
  expect(advice([5, 5, 8, 82])).toMatch(/finds 87.0 %/);
});

test("is silent where the net is better, or classes are alike, or there are none", () => {
  expect(advice([5, 5, 1, 89])).toBeUndefined();
  expect(advice([0, 40, 0, 60])).toBeUndefined();
  expect(advice([0, 0, 0, 90])).toBeUndefined();
  expect(majorityAdvice({}, { sampling: "all" })).toBeUndefined();
});

test("is silent where its advice is followed", () => {
  expect(advice([0, 10, 0, 90], "balanced")).toBeUndefined();
  const confusion = { classes: ["rare", "common"], counts: Float64Array.of(0, 10, 0, 90) };
  expect(majorityAdvice({ confusion }, { sampling: "balanced" })).toBeUndefined();
});
