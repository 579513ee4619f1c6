import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openNpz } from "../tensor/npz.js";
import { readWhole, withFile } from "./read.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convoy-read-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file is read whole, or in parts that are cut off at its end", () => {
  const path = join(folder, "a");
  writeFileSync(path, Uint8Array.of(1, 2, 3, 4));
  expect(readWhole(path)).toEqual(Uint8Array.of(1, 2, 3, 4));
  expect(withFile(path, ({ length, read }) => [length, typeof read])).toEqual([4, "function"]);
  withFile(path, (bytes) => {
    expect([...bytes.take(1, 3)]).toEqual([2, 3]);
    expect([...bytes.read(3, 99)]).toEqual([4]);
    expect([...bytes.take(5, 9)]).toEqual([]);
  });
});

test("places beyond 2 GiB are reached", () => {
  const path = join(folder, "large");
  writeFileSync(path, "");
  truncateSync(path, 2200 * 2 ** 20);
  withFile(path, (bytes) => {
    expect(bytes.length).toBe(2200 * 2 ** 20);
    expect([...bytes.take(bytes.length - 2, bytes.length)]).toEqual([0, 0]);
    expect(() => openNpz(bytes, { source: "large.npz" })).toThrow(
      `large.npz, byte ${bytes.length}: no end record: not a zip archive`,
    );
  });
});

test.each([
  ["what is not there", () => join(folder, "b"), "b: there is no such file; check the path"],
  ["a folder", () => folder, "it is a folder; name a file in it"],
])("%s is refused in words", (_, path, message) => {
  expect(() => readWhole(path())).toThrow(expect.objectContaining({ name: "InputError" }));
  expect(() => readWhole(path())).toThrow(message);
});

test.skipIf(process.platform === "win32")("a pipe is refused, and not waited for", () => {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  expect(() => readWhole(path)).toThrow(`${path}: it is no file`);
});

test("a fault of whoever uses the file stays as it is, and the file is closed", () => {
  const path = join(folder, "a");
  const fault = new RangeError("mine");
  for (let at = 0; at < 5000; at++) {
    expect(() =>
      withFile(path, () => {
        throw fault;
      }),
    ).toThrow(fault);
  }
});
