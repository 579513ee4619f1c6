import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { RowsFile } from "./rowsFile.js";

/** Rows [at, -at] for at from 0 to 3, two at a time, and how often they were worked out. */
function counted() {
  const folder = temporaryFolder();
  const made = { times: 0 };
  const rows = new RowsFile(folder, 2, async (add, proceed) => {
    made.times++;
    for (const first of [0, 2]) {
      if (!proceed()) return false;
      add(Float32Array.of(first, -first, first + 1, -first - 1));
    }
    return true;
  });
  return { rows, folder, made };
}

test("rows are worked out once, when they are first asked for, and read in any order", async () => {
  const { rows, folder, made } = counted();
  expect([made.times, readdirSync(folder)]).toEqual([0, []]);
  const into = new Float32Array(6);
  await Promise.all([
    rows.read(Int32Array.of(3, 0, 3), into),
    rows.read(Int32Array.of(1), new Float32Array(2)),
  ]);
  expect([...into]).toEqual([3, -3, 0, -0, 3, -3]);
  expect(made.times).toBe(1);
  rows.close();
});

test("told to stop, it begins anew at the next call", async () => {
  const { rows, made } = counted();
  let asked = 0;
  await rows.fill(() => asked++ === 0);
  expect([made.times, asked]).toEqual([1, 2]);
  const into = new Float32Array(2);
  await rows.read(Int32Array.of(2), into);
  expect([...into]).toEqual([2, -2]);
  expect(made.times).toBe(2);
  rows.close();
});
