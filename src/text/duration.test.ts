import { expect, test } from "vitest";
import { parseDuration } from "./duration.js";

test.each([
  ["90s", 90],
  ["30m", 1800],
  ["1h30m", 5400],
  ["2d", 172800],
  ["0.5h", 1800],
])("%s is %d seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", "30", "m", "30 m", "-5m", "0s", "1h and 2m"])("%j is no time", (text) => {
  expect(() => parseDuration(text)).toThrow(`"${text}" is no time; expected one as 90s`);
});
