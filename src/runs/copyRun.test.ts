import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { copyRun } from "./copyRun.js";
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
