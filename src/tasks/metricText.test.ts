import { expect, test } from "vitest";
import { lossText } from "./metricText.js";

test.each([
  [0.123456, "0.1235"],
  [99_999, "99999.0000"],
  [123_456_789.123, "1.2346e+8"],
  [-1e30, "-1.0000e+30"],
  [Number.NaN, "-"],
])("a loss of %d is shown as %s", (loss, text) => {
  expect(lossText(loss)).toBe(text);
});
