import { expect, test } from "vitest";
import { majorityAdvice } from "./majority.js";

const confusion = (...counts: number[]) => ({
  confusion: { classes: ["rare", "common"], counts: Float64Array.from(counts) },
});

test("advises where classes are unbalanced and a constant answer is as good", () => {
  expect(majorityAdvice(confusion(0, 10, 0, 90))).toMatch(
    /finds 90.0 %, and always saying "common" finds 90.0 %.*--class-weights balanced/,
  );
  expect(majorityAdvice(confusion(5, 5, 8, 82))).toMatch(/finds 87.0 %/);
});

test("is silent where the net is better, or classes are alike, or there are none", () => {
  expect(majorityAdvice(confusion(5, 5, 1, 89))).toBeUndefined();
  expect(majorityAdvice(confusion(0, 40, 0, 60))).toBeUndefined();
  expect(majorityAdvice(confusion(0, 0, 0, 90))).toBeUndefined();
  expect(majorityAdvice({})).toBeUndefined();
});
