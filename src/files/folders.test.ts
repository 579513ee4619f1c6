import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectEmpty, makeFolder, makeNewFolder } from "./folders.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convoy-folders-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("makes what is missing of a path", () => {
  const path = join(folder, "a", "b", "c");
  makeFolder(path);
  makeFolder(path);
  expect(existsSync(path)).toBe(true);
});

test("a folder that must be new is made once", () => {
  const path = join(folder, "new");
  expect([makeNewFolder(path), makeNewFolder(path)]).toEqual([true, false]);
});

test("a folder is empty but for hidden things and a lock, or named with what it holds", () => {
  const path = join(folder, "full");
  makeFolder(path);
  for (const name of [".hidden", "run.lock"]) writeFileSync(join(path, name), "");
  expect(() => expectEmpty(path)).not.toThrow();
  for (const name of ["b.png", "a.png"]) writeFileSync(join(path, name), "");
  expect(() => expectEmpty(path)).toThrow(
    /full is not empty \(it holds a.png\); choose a new folder/,
  );
});

test("a path that cannot be made is named, without trying for ever", () => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync(join(folder, "nothing"), join(folder, "dangling"));
  for (const inside of ["file", "dangling"]) {
    expect(() => makeFolder(join(folder, inside, "x"))).toThrow(
      expect.objectContaining({
        name: "InputError",
        message: expect.stringMatching(/cannot write/),
      }),
    );
  }
});

test.skipIf(!existsSync("/proc/self"))("so is one under /proc (needs it)", () => {
  expect(() => makeFolder("/proc/x/weights")).toThrow(
    /cannot write weights in \/proc\/x: its folder/,
  );
});
