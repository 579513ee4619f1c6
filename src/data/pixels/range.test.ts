import { expect, test } from "vitest";
import { isRange } from "./range.js";

test.each([
  ["full", true],
  ["train", true],
  ["0-3000", true],
  ["1-2,3-4,5-6,7-8", true],
  ["1-2,", false],
  ["best", false],
  ["-3-4", false],
  ["3000-100", false],
  ["0-100,9-9", false],
  ["0-65536", false],
  ["toString", false],
])("setting %s", (text, fits) => {
  expect(isRange(text)).toBe(fits);
});
