import { expect, test } from "vitest";
import { NativeUnavailable } from "../engine/native/index.js";
import { InputError } from "../inputError.js";
import { FormatError } from "../tensor/index.js";
import { unknownName } from "../text/words.js";
import { DivergedError } from "../train/divergedError.js";
import { exitCodeOf, Interrupted } from "./errors.js";

test.each([
  new InputError("x"),
  new FormatError("file", 0, "x"),
  new NativeUnavailable("x"),
  unknownName("model", "x", ["y"]),
  Object.assign(new Error("no space"), { code: "ENOSPC", syscall: "write" }),
])("%s is bad input: 2", (error) => {
  expect(exitCodeOf(error)).toBe(2);
});

test("divergence and interruption have codes of their own", () => {
  expect(exitCodeOf(new Interrupted("saved"))).toBe(130);
  expect(exitCodeOf(new DivergedError(1, 2, Number.NaN, 0.1))).toBe(3);
});

test("faults of the program: 1", () => {
  expect(exitCodeOf(new TypeError("x is undefined"))).toBe(1);
  expect(exitCodeOf(new Error("two parameters have one name"))).toBe(1);
  expect(exitCodeOf("text")).toBe(1);
  const endless = (): number => 1 + endless();
  expect(caught(endless)).toBeInstanceOf(RangeError);
  expect(exitCodeOf(caught(endless))).toBe(1);
  expect(exitCodeOf(caught(() => new Array(-1)))).toBe(1);
});

function caught(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
