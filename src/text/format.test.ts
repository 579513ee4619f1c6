import { expect, test } from "vitest";
import { clock, grouped, percent } from "./format.js";

test("shares become per cent with two decimals", () => {
  expect(percent(0.98765)).toBe("98.77 %");
});

test("large numbers are grouped", () => {
  expect(grouped(61706.4)).toBe("61,706");
});

test.each([
  [0, "0:00"],
  [6.6, "0:07"],
  [59.7, "1:00"],
  [754, "12:34"],
  [12308, "3:25:08"],
])("%d seconds read %s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});
