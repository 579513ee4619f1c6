import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { bytesOf, scratchFolder } from "../../../test/fixtures/data.js";
import { classesOf, classNames } from "../../../test/support/questions.js";
import { InputError } from "../../inputError.js";
import { decodeImage } from "../decode.js";
import { commonSize, sizeAt } from "../images.js";
import { openDataset } from "../sources.js";
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
  ["one class only", { "train/a/1.png": red }, /found 1 class\(es\) \(a\)/],
  ["val without train", { "val/a/1.png": red }, /found val, but no folder train/],
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

const imagenette = "../shared/data/imagenette224-subset";

test.skipIf(!existsSync(imagenette))(`Imagenette (${imagenette})`, async () => {
  const { train, selection } = await openDataset(imagenette, { size: 32 });
  expect(train).toMatchObject({ length: 600, channels: 3 });
  expect(selection?.length).toBe(250);
  expect(classNames(train)).toHaveLength(10);
});
