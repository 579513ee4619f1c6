import { expect, test } from "vitest";
import { firstDifference } from "./difference.js";

test.each([
  [{ a: 1 }, { a: 1 }, undefined],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, "a.1.b was 2, now it is 3"],
  [{ a: 1 }, { a: 1, c: "x" }, 'c was not set, now it is "x"'],
  [{ a: [1] }, { a: 1 }, "a was [1], now it is 1"],
  [1, 2, "it was 1, now it is 2"],
])("the first difference of %j and %j", (was, is, expected) => {
  expect(firstDifference(was, is)).toBe(expected);
});
