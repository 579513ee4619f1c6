import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mountTinyDisk } from "../../test/support/tinyDisk.js";
import { appendLine, writeFileAtomic } from "./atomicFile.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convoy-atomic-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("replaces a file and leaves nothing else", async () => {
  const path = join(folder, "a.json");
  await writeFileAtomic(path, "old");
  await writeFileAtomic(path, Uint8Array.of(110, 101, 119));
  appendLine(path, "!");
  expect(readFileSync(path, "utf8")).toBe("new!\n");
  expect(readdirSync(folder)).toEqual(["a.json"]);
});

test("a file in the place of the folder is named with what to do", async () => {
  await expect(writeFileAtomic(join(folder, "a.json", "b"), "")).rejects.toThrow(
    /cannot write b in .*a\.json: a file stands where a folder should be/,
  );
});

const disk = mountTinyDisk(64);
afterAll(() => disk?.unmount());

describe.skipIf(!disk)("on a full disk (needs the right to mount a tmpfs)", () => {
  test("the old file stays, nothing else is left, and the message says so", async () => {
    const path = join(disk!.path, "state.safetensors");
    writeFileSync(path, "old");
    await expect(writeFileAtomic(path, new Uint8Array(100_000))).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(/cannot write state\.safetensors in .*: the disk is full/),
    });
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(disk!.path)).toEqual(["state.safetensors"]);
  });

  test("a line that does not fit is an error as clear", () => {
    expect(() => appendLine(join(disk!.path, "metrics.jsonl"), "x".repeat(100_000))).toThrow(
      /cannot write metrics\.jsonl in .*: the disk is full/,
    );
  });
});
