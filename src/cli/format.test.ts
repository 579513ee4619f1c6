import { expect, test } from "vitest";
import { bytes, clock, grouped, percent } from "./format.js";

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

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KB"],
  [31_415_926, "31.4 MB"],
  [25.3e9, "25.3 GB"],
])("%d bytes read %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});
