import { expect, test } from "vitest";
import { expectGood } from "./tuneSearch.js";

const trial = { number: 0, settings: {}, run: "trials/0000" };

test("a search whose trials have all failed is told as such", () => {
  const failed = { ...trial, failed: "the loss is NaN" };
  expect(() => expectGood({ failed: 2, trials: [failed, { ...failed, number: 1 }] })).toThrow(
    "all 2 trials have failed, trial 0 so: the loss is NaN; expected a space in which some",
  );
  expectGood({ failed: 1, trials: [failed, trial] });
  expectGood({ failed: 0, trials: [] });
});
