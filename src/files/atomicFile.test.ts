import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { mountTinyDisk } from "../../test/support/tinyDisk.js";
import { InputError } from "../inputError.js";
import { AtomicFile, appendToFile, writeFileAtomic, writeFileOnce } from "./atomicFile.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "convoy-atomic-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("replaces a file and leaves nothing else", async () => {
  const path = join(folder, "a.json");
  await writeFileAtomic(path, "old");
  await writeFileAtomic(path, Uint8Array.of(110, 101, 119));
  appendToFile(path, "!\n");
  expect(readFileSync(path, "utf8")).toBe("new!\n");
  expect(readdirSync(folder)).toEqual(["a.json"]);
});

describe("a file that is written piece by piece", () => {
  const path = () => join(folder, "table.csv");
  const begun = async () => {
    writeFileSync(path(), "old");
    const file = await AtomicFile.open(path());
    await file.write("a,b\n");
    await file.write("1,2\n");
    expect(readFileSync(path(), "utf8")).toBe("old");
    return file;
  };

  test("takes the place of the old one when it is whole", async () => {
    const file = await begun();
    await file.finish();
    await file.discard();
    expect(readFileSync(path(), "utf8")).toBe("a,b\n1,2\n");
  });

  test("leaves the old one where it is discarded", async () => {
    await (await begun()).discard();
    expect(readFileSync(path(), "utf8")).toBe("old");
  });

  test("never takes the place of what is no file", async () => {
    for (const place of [folder, "/dev/null"]) {
      await expect(AtomicFile.open(place)).rejects.toThrow(InputError);
    }
    await expect(AtomicFile.open(join(folder, "gone", "a.csv"))).rejects.toThrow(InputError);
  });

  afterEach(() => {
    rmSync(path(), { force: true });
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

test("is on disk before it bears its name, and its folder after that", async () => {
  const done: string[] = [];
  const handle = await open(folder, "r");
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const path = join(folder, "synced.json");
  const sync = vi.spyOn(prototype, "sync").mockImplementation(async () => {
    done.push(existsSync(path) ? "folder" : "file");
  });
  await writeFileAtomic(path, "content").finally(() => sync.mockRestore());
  expect(done).toEqual(["file", "folder"]);
  rmSync(path);
});

test("keeps the file before it where one asks for that", async () => {
  const [path, previous] = [join(folder, "b.json"), join(folder, "b.previous.json")];
  for (const text of ["1", "2", "3"]) await writeFileAtomic(path, text, previous);
  expect([path, previous].map((file) => readFileSync(file, "utf8"))).toEqual(["3", "2"]);
});

test("of many that write a file once exactly one does, and it stays as it is", async () => {
  const path = join(folder, "once.json");
  const texts = [...Array(20).keys()].map(String);
  const done = await Promise.all(texts.map((text) => writeFileOnce(path, text)));
  expect(done.filter((each) => each)).toHaveLength(1);
  expect(readFileSync(path, "utf8")).toBe(texts[done.indexOf(true)]);
  expect(await writeFileOnce(path, "late")).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  rmSync(path);
});

test("writers of one file do not disturb each other: one of them is there as a whole", async () => {
  const path = join(folder, "same.json");
  const texts = [...Array(20).keys()].map((at) => `${at}`.repeat(10_000));
  await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
  expect(texts).toContain(readFileSync(path, "utf8"));
  rmSync(path);
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
    expect(() => appendToFile(join(disk!.path, "metrics.jsonl"), "x".repeat(100_000))).toThrow(
      /cannot write metrics\.jsonl in .*: the disk is full/,
    );
  });
});
