import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { count, countOrNone, counts, list, numbers } from "./arguments.js";

test("names between commas", () => {
  expect(list("lenet5, resnet20,")).toEqual(["lenet5", "resnet20"]);
  expect(list("")).toEqual([]);
});

test("counts are whole and at least 1", () => {
  expect(counts("1,16")).toEqual([1, 16]);
  for (const text of ["0", "-1", "1.5", "two", ""]) {
    expect(() => count(text)).toThrow(InvalidArgumentError);
  }
});

test("of epochs there may be none", () => {
  expect([countOrNone("0"), countOrNone("12")]).toEqual([0, 12]);
  for (const text of ["-1", "1.5", "0x1", "1e3", ""]) {
    expect(() => countOrNone(text), text).toThrow(InvalidArgumentError);
  }
});

test("numbers are finite, and there is one at least", () => {
  expect(numbers("0, 0.05,1e-1")).toEqual([0, 0.05, 0.1]);
  for (const text of ["", ",", "x", "1,Infinity"]) {
    expect(() => numbers(text)).toThrow(InvalidArgumentError);
  }
});
