import { expect, test } from "vitest";
import { InputError } from "../inputError.js";
import { parseBudget } from "./tuneArchitecture.js";

test("budgets are numbers with the units of their costs", () => {
  expect(parseBudget("macs=10M, params=1.5k,bytes=200KB,latency=2.5ms")).toEqual({
    ...{ macs: 1e7, params: 1500 },
    ...{ bytes: 200_000, latency: 2.5 },
  });
  expect(parseBudget("bytes=800")).toEqual({ bytes: 800 });
  expect(parseBudget("bytes=800B")).toEqual({ bytes: 800 });
});

test.each([
  ["latency=2", "write it as latency=2ms"],
  ["bytes=2ms", "write it as bytes=200KB"],
  ["macs=10MB", "write it as macs=10M"],
  ["macs=-1", "is no cost"],
  ["macs=0", "is no cost"],
  ["macs", "is no cost"],
  ["macs=1M,macs=2M", "macs is given twice"],
])("%s is refused", (text, why) => {
  expect(() => parseBudget(text)).toThrow(InputError);
  expect(() => parseBudget(text)).toThrow(why);
});
