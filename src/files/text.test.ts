import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf } from "../../test/fixtures/data.js";
import { InputError } from "../inputError.js";
import { readLines, readText } from "./text.js";

test("lines of a file go without the empty ones at its end; what is not there has none", async () => {
  const path = await folderOf({ a: "x\r\n\ny\n\n", empty: "" });
  expect(readLines(join(path, "a"))).toEqual(["x", "", "y"]);
  expect(readLines(join(path, "empty"))).toEqual([""]);
  expect(readLines(join(path, "none"))).toBeUndefined();
});

test("pipes, devices, folders, links that lead nowhere and large files are refused by name", async () => {
  const path = await folderOf({ "folder/a": "", large: "12345" });
  symlinkSync(join(path, "none"), join(path, "link"));
  execFileSync("mkfifo", [join(path, "pipe")]);
  for (const name of ["folder", "link", "pipe"]) {
    expect(() => readLines(join(path, name))).toThrow(InputError);
    expect(() => readLines(join(path, name))).toThrow(`${join(path, name)}: `);
  }
  expect(() => readText("/dev/zero")).toThrow("/dev/zero: it is no file");
  expect(() => readText(join(path, "large"), 4)).toThrow(/large has 5 .*; expected at most 4 /);
});
