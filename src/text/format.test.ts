import { expect, test } from "vitest";
import { clock, counted, grouped, hundredths, percent, sixDigits } from "./format.js";

test("shares become per cent with two decimals", () => {
  expect(percent(0.98765)).toBe("98.77 %");
  expect(percent(0.98765, 0)).toBe("99 %");
  expect(hundredths(0.98765)).toBe("98.77");
  expect(hundredths(-0.98765, 1)).toBe("-98.8");
});

test("how many there are of a thing", () => {
  expect([0, 1, 10_000].map((count) => counted(count, "image"))).toEqual([
    "0 images",
    "1 image",
    "10,000 images",
  ]);
  expect([1, 2].map((count) => counted(count, "box", "boxes"))).toEqual(["1 box", "2 boxes"]);
});

test("six digits are kept of large and small numbers", () => {
  expect([123456789, 0.000123456789, -1.5, Number.NaN].map(sixDigits)).toEqual([
    ...[123457000, 0.000123457, -1.5, Number.NaN],
  ]);
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
