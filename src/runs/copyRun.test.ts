import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { copyResult, copyRun } from "./copyRun.js";
import { runFiles } from "./runFiles.js";

test("a copy goes on to the same bytes, and leaves the run as it was", async () => {
  const folder = temporaryFolder();
  const [run, copy, whole] = ["run", "copy", "whole"].map((name) => join(folder, name));
  await trainTiny({ out: whole });
  await trainTiny({ out: run, steps: 12 });
  const before = readFileSync(join(run, runFiles.state));
  await copyRun(run, copy);
  expect(existsSync(join(copy, runFiles.summary))).toBe(false);
  await trainTiny({ out: copy, steps: 1000 }, { resume: true });
  for (const name of [runFiles.last, runFiles.best]) {
    expect(readFileSync(join(copy, name)).equals(readFileSync(join(whole, name)))).toBe(true);
  }
  expect(readFileSync(join(run, runFiles.state)).equals(before)).toBe(true);
  await expect(copyRun(run, copy)).rejects.toThrow("is there already");
  await expect(copyRun(folder, join(folder, "x"))).rejects.toThrow("holds no run");
});

test("what a run came to is copied as a whole or not at all", async () => {
  const folder = temporaryFolder();
  const [run, copy] = ["run", "copy"].map((name) => join(folder, name));
  await trainTiny({ out: run });
  await copyResult(run, copy, "called so");
  expect(JSON.parse(readFileSync(join(copy, runFiles.summary), "utf8")).run).toBe("called so");
  expect(existsSync(join(copy, runFiles.best))).toBe(true);
  expect(existsSync(join(copy, runFiles.state))).toBe(false);
  writeFileSync(join(run, runFiles.summary), "{");
  await expect(copyResult(run, join(folder, "half"), "half")).rejects.toThrow();
  // Somebody else's file, which came while it was copied.
  mkdirSync(join(folder, "taken"));
  writeFileSync(join(folder, "taken", "own.txt"), "kept");
  await expect(copyResult(copy, join(folder, "taken"), "x")).rejects.toThrow(
    /cannot write taken in .*: something else stands there by now; choose another folder/,
  );
  expect(readdirSync(join(folder, "taken"))).toEqual(["own.txt"]);
  expect(readdirSync(folder).sort()).toEqual(["copy", "run", "taken"]);
});
