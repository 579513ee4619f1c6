import { existsSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { bytesOf, scratchFolder } from "../../../test/fixtures/data.js";
import { classesOf, classNames } from "../../../test/support/questions.js";
import { InputError } from "../../inputError.js";
import { decodeImage } from "../decode.js";
import { commonSize, sizeAt } from "../images.js";
import { openDataset } from "../sources.js";
import { filesBelow } from "./folders.js";
import type { WrongFile } from "./reader.js";

/** An image of one colour; grey when only one number is given. */
async function image(colour: number[], format: "jpeg" | "png" = "png", width = 8, height = 8) {
  const channels = colour.length as 1 | 3 | 4;
  const data = Buffer.from(Array.from({ length: width * height }, () => colour).flat());
  return sharp(data, { raw: { width, height, channels } }).toFormat(format).toBuffer();
}

async function folder(files: Record<string, Uint8Array | string>): Promise<string> {
  const path = await scratchFolder();
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), bytes);
  }
  return path;
}

const red = await image([250, 10, 20]);
const grey = await image([77]);
const jpeg = await image([0, 0, 250], "jpeg", 40, 20);

test("reads train, val and test by class; other files and hidden ones do not count", async () => {
  const path = await folder({
    "train/ant/1.png": red,
    "train/ant/deep/2.PNG": grey,
    "train/ant/.hidden.png": "",
    "train/ant/.checkpoints/1.png": "",
    "train/bee/1.jpg": jpeg,
    "train/bee/notes.txt": "x",
    "val/bee/1.png": red,
    "test/ant/1.png": red,
    "test/.cache/x.png": "",
  });
  const { train, selection, test: held } = await openDataset(path, { size: 4 });
  expect(train).toMatchObject({ length: 3, channels: 3 });
  // The shorter side is twice the net's at most.
  expect([0, 1, 2].map((at) => sizeAt(train.images, at))).toEqual([
    { height: 8, width: 8 },
    { height: 8, width: 8 },
    { height: 8, width: 16 },
  ]);
  expect(classNames(train)).toEqual(["ant", "bee"]);
  expect([...classesOf(train)]).toEqual([0, 0, 1]);
  expect([...bytesOf(train).subarray(0, 3)]).toEqual([250, 10, 20]);
  expect([...bytesOf(train).subarray(192, 195)]).toEqual([77, 77, 77]);
  expect([...classesOf(selection!)]).toEqual([1]);
  expect(held?.length).toBe(1);
});

test("reads class folders without a train folder", async () => {
  const { train, selection } = await openDataset(await folder({ "a/1.png": red, "b/1.png": grey }));
  expect(train.length).toBe(2);
  expect(commonSize(train.images)).toEqual({ height: 8, width: 8 });
  expect(selection).toBeUndefined();
});

const broken = {
  "train/a/empty.jpg": "",
  "train/a/cut.jpg": jpeg.subarray(0, jpeg.length - 40),
  "train/a/text.png": "this is no image",
  "train/a/good.png": red,
  "train/b/good.png": red,
  "train/c/readme.txt": "",
};

test("names every wrong file and empty folder in one message", async () => {
  const path = await folder(broken);
  const error: Error = await openDataset(path).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toMatch(/^4 file\(s\)/);
  expect(error.message).toMatch(/empty.jpg: the file is empty \(0 bytes\)/);
  expect(error.message).toMatch(/cut.jpg: .*premature end/);
  expect(error.message).toMatch(/text.png: .*unsupported image format/);
  expect(error.message).toMatch(/c: a class folder without images/);
});

test("goes on without wrong files when asked to collect them", async () => {
  const wrong: WrongFile[] = [];
  const { train } = await openDataset(await folder(broken), { wrong });
  expect([...classesOf(train)]).toEqual([0, 1]);
  expect(wrong.map(({ path }) => path.split("/").at(-1)).sort()).toEqual([
    "c",
    "cut.jpg",
    "empty.jpg",
    "text.png",
  ]);
});

test("names ten wrong files and counts the others", async () => {
  const files = Object.fromEntries(Array.from({ length: 14 }, (_, at) => [`a/${at}.jpg`, ""]));
  const path = await folder({ ...files, "b/1.png": red });
  await expect(openDataset(path)).rejects.toThrow(/^14 file[\s\S]*\.\.\. and 4 more$/);
});

test.each([
  ["one class only", { "train/a/1.png": red }, /found 1 class \(a\)/],
  [
    "val without train",
    { "val/a/1.png": red },
    /found a part for selection, but none for training \(train, training\)/,
  ],
  [
    "two names of one part",
    { "train/a/1.png": red, "train/b/1.png": red, "val/a/1.png": red, "Valid/a/1.png": red },
    /Valid\/ and val\/ are both names of one part/,
  ],
  [
    "a folder around the data",
    { "data/train/a/1.png": red, "data/test/b/1.png": red },
    /found 1 class.*do you mean .*data\?/,
  ],
  [
    "a class that training lacks",
    { "train/ant/1.png": red, "train/bee/1.png": red, "val/aunt/1.png": red },
    /aunt: no such class in the training data \(did you mean "ant"\?\)/,
  ],
])("refuses %s", async (_, files, message) => {
  await expect(openDataset(await folder(files as Record<string, Buffer>))).rejects.toThrow(message);
});

test("packs into a file what memory would not hold, and opens it again for the same sources", async () => {
  const path = await folder({ "a/1.png": red, "a/2.jpg": jpeg, "b/1.png": grey });
  const cache = await scratchFolder();
  const stages: string[] = [];
  const open = (change = {}) =>
    openDataset(path, {
      ...{ size: 1000, memoryLimit: 5e2, cache },
      onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`),
      ...change,
    });
  const inMemory = await open({ memoryLimit: undefined });
  expect(inMemory.train.images.bytes).toBeInstanceOf(Uint8Array);
  const packed = await open();
  expect(packed.train.images.bytes).toMatchObject({ bytes: 2 * 192 + 2400 });
  expect(bytesOf(packed.train)).toEqual(bytesOf(inMemory.train));
  expect(stages.slice(-4)).toEqual([0, 1, 2, 3].map((done) => `packing ${done}/3`));
  stages.length = 0;
  expect(bytesOf((await open()).train)).toEqual(bytesOf(inMemory.train));
  expect(stages).toEqual([]);
  await writeFile(join(path, "b/1.png"), await image([78]));
  expect(bytesOf((await open()).train).at(-1)).toBe(78);
  expect(stages).toHaveLength(4);
});

test("a cut-off JPEG is refused by name, never read", async () => {
  const noisy = await sharp(Buffer.from(Array.from({ length: 3072 }, (_, at) => (at * 77) % 256)), {
    raw: { width: 32, height: 32, channels: 3 },
  })
    .jpeg()
    .toBuffer();
  const path = await folder({ "x.jpg": "" });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: noisy.length - 3 }), async (length) => {
      await writeFile(join(path, "x.jpg"), noisy.subarray(0, length));
      await expect(decodeImage(join(path, "x.jpg"))).rejects.toThrow(/x\.jpg: /);
    }),
    { numRuns: 40 },
  );
  await rm(join(path, "x.jpg"));
  await expect(decodeImage(join(path, "x.jpg"))).rejects.toThrow(/no such file/);
});

test("knows the parts as people call them, and names what is none", async () => {
  const path = await folder({
    "Training/ant/1.png": red,
    "Training/bee/1.png": red,
    "Val/bee/1.png": red,
    "TESTING/ant/1.png": red,
    "extra/cat/1.png": red,
    "9.png": red,
  });
  const { train, selection, test: held, notes } = await openDataset(path, { size: 2 });
  expect([train.length, selection?.length, held?.length]).toEqual([2, 1, 1]);
  expect(classNames(train)).toEqual(["ant", "bee"]);
  expect(notes).toEqual([
    expect.stringMatching(/left out .*: extra\/; no names of parts/),
    expect.stringMatching(/left out .*: 1 image in no part/),
  ]);
});

test.each(["eval", "dev", "validation", "Valid"])("%s/ is the selection set", async (name) => {
  const files = { "train/a/1.png": red, "train/b/1.png": red, [`${name}/a/1.png`]: red };
  expect((await openDataset(await folder(files), { size: 2 })).selection?.length).toBe(1);
});

test("a part without class folders is no part, and the reader says so", async () => {
  const train = { "train/a/1.png": red, "train/b/1.png": red };
  const path = await folder({ ...train, "test/1.png": red, "test/2.png": red });
  await mkdir(join(path, "val"));
  const { selection, test: held, notes } = await openDataset(path, { size: 2 });
  expect([selection, held]).toEqual([undefined, undefined]);
  expect(notes!.join()).toMatch(/val holds no class folders: it is not used/);
  expect(notes!.join()).toMatch(/test: 2 images in no class folder/);
});

test("Convoy's own runs are no class, whatever their folder is called", async () => {
  const run = { "config.json": "{}", "metrics.jsonl": "", "curves.svg": "" };
  const files = Object.fromEntries(
    ["runs/a-1", "old/b"].flatMap((at) =>
      Object.entries(run).map(([name, text]) => [`${at}/${name}`, text]),
    ),
  );
  const path = await folder({ "left/1.png": red, "right/1.png": red, ...files });
  const { train, notes } = await openDataset(path, { size: 2 });
  expect(classNames(train)).toEqual(["left", "right"]);
  expect(notes![0]).toMatch(/old\/, runs\/, which hold runs/);
});

test("numbers as names of classes are in order, as in a table", async () => {
  const path = await folder({ "10/1.png": red, "2/1.png": red, "1/1.png": red });
  await writeFile(join(path, "all.csv"), "path,label\n10/1.png,10\n2/1.png,2\n1/1.png,1\n");
  const both = [await openDataset(path), await openDataset(join(path, "all.csv"))];
  for (const { train } of both) expect(classNames(train)).toEqual(["1", "2", "10"]);
});

test("class folders that cannot be followed are named, never dropped", async () => {
  const path = await folder({ "a/1.png": red, "b/1.png": red });
  await symlink("/nowhere/up", join(path, "c"));
  await symlink("..", join(path, "d"));
  await mkdir(Buffer.concat([Buffer.from(`${path}/th`), Buffer.from([0xe9])]));
  const wrong: WrongFile[] = [];
  await openDataset(path, { size: 2, wrong });
  expect(wrong.map(({ reason }) => reason)).toEqual([
    "a link that leads nowhere; mend or remove it",
    "a link to a folder that it lies in; remove it",
    "its name is not UTF-8; rename it",
  ]);
  await expect(openDataset(path)).rejects.toThrow(/^3 file/);
});

test("a link in a class folder that leads back above it brings no images of other classes", async () => {
  const path = await folder({ "train/a/deep/0.png": red, "train/b/0.png": red });
  await symlink("../..", join(path, "train/a/up"));
  await symlink("../../..", join(path, "train/a/deep/up"));
  const { train } = await openDataset(path, { size: 4 });
  expect(train.ids).toEqual(["a/deep", "b"].map((name) => join(path, "train", name, "0.png")));
  // Who names such a link means what it leads to.
  expect(await filesBelow(join(path, "train/a/up"))).toHaveLength(2);
});

test("reads JPEG by all its endings, and counts what is no image", async () => {
  const names = ["jfif", "jpe", "JPG", "jpeg"].map((ending) => [`a/1.${ending}`, jpeg]);
  const path = await folder({
    ...Object.fromEntries(names),
    "b/1.png": red,
    "b/x.dat": "",
    "b/y": "",
  });
  const { train, notes } = await openDataset(path, { size: 2 });
  expect(train.length).toBe(5);
  expect(notes).toEqual([expect.stringMatching(/: 1 \.dat, 1 no ending$/)]);
});

test("formats that are not decoded are named with what to do", async () => {
  const path = await folder({ "a/1.HEIC": "x", "a/2.dcm": "x", "b/1.NEF": "x", "b/2.png": red });
  await expect(openDataset(path)).rejects.toThrow(
    /HEIC \(HEVC\) is not read; convert it[\s\S]*DICOM is not read; convert[\s\S]*camera raw is not read/,
  );
});

test("images can belong together by their folder", async () => {
  const path = await folder({
    "a/p1/1.png": red,
    "a/p1/2.png": red,
    "a/p2/1.png": red,
    "b/p1/1.png": red,
  });
  const { train } = await openDataset(path, { size: 2, groupBy: "parent" });
  expect([...train.groups!]).toEqual([0, 0, 1, 2]);
  expect(train.groupNames).toEqual(["a/p1", "a/p2", "b/p1"]);
});

test("a data set is called as its folder, however it is reached", async () => {
  const path = await folder({ "a/1.png": red, "b/1.png": red });
  const { train } = await openDataset(join(path, "a", ".."), { size: 2 });
  expect(train.name).toBe(basename(path));
});

const imagenette = "../shared/data/imagenette224-subset";

test.skipIf(!existsSync(imagenette))(`Imagenette (${imagenette})`, async () => {
  const { train, selection } = await openDataset(imagenette, { size: 32 });
  expect(train).toMatchObject({ length: 600, channels: 3 });
  expect(selection?.length).toBe(250);
  expect(classNames(train)).toHaveLength(10);
});
