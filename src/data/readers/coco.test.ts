import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { blackImage, marksIn } from "../../../test/fixtures/marks.js";
import { InputError } from "../../inputError.js";
import { openDataset } from "../sources.js";
import { parseCoco } from "./cocoJson.js";

const small = await blackImage(8, 4);
const large = await blackImage(40, 20);

const images = [
  { id: 7, file_name: "a.png", width: 8, height: 4 },
  { id: "b", file_name: "b.png" },
];
const categories = [
  { id: 9, name: "dog" },
  { id: 2, name: "cat" },
  { id: 11, name: "dog" },
];
const annotation = (id: number, more: object = {}) => ({
  id,
  image_id: 7,
  category_id: 9,
  bbox: [1, 1, 3, 2],
  segmentation: [[1, 1, 4, 1, 4, 3]],
  ...more,
});
const file = (change: object = {}) =>
  JSON.stringify({
    info: { year: 2017 },
    annotations: [annotation(1)],
    images,
    categories,
    ...change,
  });

test("annotations/ tells of the parts; classes are in the order of their numbers, and a crowd is kept", async () => {
  const val = file({
    images: [{ id: 1, file_name: "a.png" }],
    annotations: [annotation(1, { image_id: 1, bbox: [20, 10, 20, 10] })],
  });
  const path = await folderOf({
    "annotations/instances_train2017.json": file({
      annotations: [
        annotation(1),
        annotation(2, { category_id: 2, bbox: [6.5, 0, 4, 4], iscrowd: 1 }),
      ],
    }),
    "annotations/instances_val2017.json": val,
    "annotations/captions_train2017.json": "no JSON",
    "train2017/a.png": small,
    "train2017/b.png": small,
    "train2017/c.png": small,
    "val2017/a.png": large,
  });
  const { train, selection, test, notes } = await openDataset(path, { size: 4 });
  expect(train.labels).toMatchObject({ kind: "boxes", classes: ["cat", "dog"] });
  expect(marksIn(train.labels)).toEqual([[1, 1, 4, 3, 1, 0, 6.5, 0, 8, 4, 0, 1], []]);
  // 20 rows became 8.
  expect(marksIn(selection!.labels)).toEqual([[8, 4, 16, 8, 1, 0]]);
  expect(test).toBeUndefined();
  expect(notes).toContain("train: 2 boxes have outlines too: --task segment learns masks");
  const asked = await openDataset(path, { size: 4, kind: "boxes" });
  expect(asked.notes?.join("\n")).not.toContain("outlines");
  expect(notes?.join("\n")).toMatch(/1 image that no annotation file names.*train2017\/c.png/);
});

test("each part may hold its file among its images", async () => {
  const path = await folderOf({
    ...{ "train/_annotations.coco.json": file(), "train/a.png": small, "train/b.png": small },
    ...{ "valid/_annotations.coco.json": file(), "valid/a.png": small, "valid/b.png": small },
  });
  const { train, selection } = await openDataset(path, { size: 4 });
  for (const part of [train, selection!]) {
    expect(marksIn(part.labels)).toEqual([[1, 1, 4, 3, 1, 0], []]);
  }
  expect(train.ids![0]).toMatch(/train.a.png$/);
  expect(selection!.ids![0]).toMatch(/valid.a.png$/);
});

test.each([
  ["beside", { "a.png": small, "b.png": small }],
  ["below", { "deep/down/a.png": small, "images/b.png": small }],
])("a file by itself has its images %s it", async (_, files) => {
  const path = await folderOf({ ...files, "set.json": file() });
  const { train } = await openDataset(join(path, "set.json"), { size: 4 });
  expect(train.name).toBe("set");
  expect(marksIn(train.labels)).toEqual([[1, 1, 4, 3, 1, 0], []]);
});

test("a file in annotations/ may be given by itself; a side of 0 is not known", async () => {
  const sizes = [
    { ...images[0], width: 0, height: 9 },
    { ...images[1], width: 9, height: 0 },
  ];
  const path = await folderOf({
    "annotations/instances_train2017.json": file({
      images: sizes,
      annotations: [annotation(1), annotation(2, { image_id: "b" })],
    }),
    ...{ "train2017/a.png": small, "train2017/b.png": small, "val2017/a.png": large },
  });
  const given = join(path, "annotations", "instances_train2017.json");
  const { train } = await openDataset(given, { size: 4 });
  expect(marksIn(train.labels)).toEqual([
    [1, 1, 4, 3, 1, 0],
    [1, 1, 4, 3, 1, 0],
  ]);
});

test("one file in annotations/ is for training; the names of its images may be paths", async () => {
  const path = await folderOf({
    "annotations/instances_default.json": file({
      images: [{ id: 7, file_name: "sub/a.png" }],
    }),
    "images/default/sub/a.png": small,
    "images/other/sub/a.png": large,
  });
  const { train } = await openDataset(path, { size: 4 });
  expect(marksIn(train.labels)).toEqual([[1, 1, 4, 3, 1, 0]]);
});

describe("refused by file and number", () => {
  const one = (more: object) => ({ annotations: [annotation(1), annotation(5, more)] });
  test.each([
    [
      "another object",
      { images: undefined },
      /set.json: there is no list "images"; expected COCO's/,
    ],
    ["a number as an image", { images: [3] }, /images\[0\] is 3; expected an object/],
    ["an image without a number", { images: [{ file_name: "a" }] }, /images\[0\]: id is missing/],
    [
      "two images of a number",
      { images: [images[0], images[0]] },
      /images\[1\]: there are two of image 7/,
    ],
    [
      "an image without a name",
      { images: [{ id: 7 }] },
      /image 7: file_name is missing; expected a text/,
    ],
    [
      "an image that is not there",
      { images: [{ id: 7, file_name: "z.png" }] },
      /image 7 has the file "z.png", which is not in/,
    ],
    [
      "images of one file",
      { images: [images[0], { id: 8, file_name: "a.png" }] },
      /image 8 has the same file as .*image 7/,
    ],
    ["an image outside", { images: [{ id: 7, file_name: "/etc/passwd" }] }, /which is not in/],
    [
      "another size",
      { images: [{ ...images[0], width: 9 }] },
      /image 7: says .* 4x9 \(height x width\)/,
    ],
    [
      "two categories of a number",
      { categories: [categories[0], categories[0]] },
      /categories\[1\]: there are two of category 9/,
    ],
    [
      "a category without a name",
      { categories: [{ id: 9, name: " " }] },
      /category 9: name is " "/,
    ],
    [
      "two annotations of a number",
      { annotations: [annotation(1), annotation(1)] },
      /annotations\[1\]: there are two of annotation 1/,
    ],
    [
      "an annotation of no image",
      one({ image_id: 4 }),
      /annotation 5: its image 4 is not among the images/,
    ],
    [
      "one of no category",
      one({ category_id: "9" }),
      /annotation 5: its category "9" is not among/,
    ],
    [
      "one without a box",
      one({ bbox: undefined, segmentation: undefined }),
      /annotation 5: bbox is missing; expected \[left, top/,
    ],
    ["three numbers", one({ bbox: [1, 2, 3] }), /annotation 5: bbox is \[1,2,3\]/],
    ["words", one({ bbox: [1, 2, 3, "4"] }), /annotation 5: bbox is/],
    ["somewhat crowded", one({ iscrowd: 2 }), /annotation 5: iscrowd is 2; expected 0 or 1/],
    ["a box outside its image", one({ bbox: [9, 1, 1, 1] }), /annotation 5: a box .*outside/],
    [
      "a negative width",
      one({ bbox: [2, 1, -1, 1] }),
      /annotation 5: a box .*ends before it begins/,
    ],
    ["no box at all", { annotations: [] }, /there are no boxes in the images for training/],
    ["no image at all", { images: [], annotations: [] }, /found no images that are annotated/],
  ])("%s", async (_, change, message) => {
    const path = await folderOf({ "set.json": file(change), "a.png": small, "b.png": small });
    const error = await openDataset(join(path, "set.json"), { size: 4 }).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  test("a class of another part, a name in two folders, two files of a part", async () => {
    const other = { categories: [{ id: 9, name: "cow" }] };
    const base = { "annotations/train.json": file(), "train/a.png": small, "train/b.png": small };
    const refused = async (files: Record<string, string | Uint8Array>, message: RegExp) => {
      const error = await openDataset(await folderOf(files), { size: 4 }).catch((found) => found);
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toMatch(message);
    };
    await refused(
      { ...base, "annotations/val.json": file(other) },
      /val.json: annotation 1 has class "cow"/,
    );
    const twins = { "annotations/all.json": file(), "x/a.png": small, "y/a.png": small };
    await refused(twins, /image 7 has the file "a.png", of which there are several/);
    await refused({ ...base, "annotations/train2017.json": file() }, /both names of one part/);
  });

  test("a file that would not fit into memory", async () => {
    const path = await folderOf({ "set.json": file(), "a.png": small, "b.png": small });
    const read = openDataset(join(path, "set.json"), { size: 4, memoryLimit: 100 });
    await expect(read).rejects.toThrow(/set.json needs .* of memory/);
  });
});

test("any lists are images with boxes or refused", () => {
  const value = fc.oneof(
    fc.constantFrom(7, "7", 1, 0, -1, null, "a.png", [1, 1, 2, 2], {}),
    fc.jsonValue(),
  );
  const element = fc.oneof(
    value,
    fc.dictionary(
      fc.constantFrom(
        "id",
        "file_name",
        "name",
        "image_id",
        "category_id",
        "bbox",
        "iscrowd",
        "width",
        "height",
      ),
      value,
    ),
    fc.constantFrom<unknown>(images[0], categories[0], annotation(3)),
  );
  const lists = fc.record({
    images: fc.array(element, { maxLength: 3 }),
    categories: fc.array(element, { maxLength: 3 }),
    annotations: fc.array(element, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(lists, (given) => {
      try {
        const found = parseCoco(new TextEncoder().encode(JSON.stringify(given)), "x.json");
        for (const { at } of found.images.flatMap(({ marks }) => marks)) {
          expect(at.every(Number.isFinite)).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 1000 },
  );
});

test("any bytes of a file are a data set or refused", async () => {
  const path = await folderOf({ "a.png": small, "b.png": small });
  const whole = Buffer.from(file());
  const place = fc.nat(whole.length - 1);
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), place, async (at, flip, length) => {
      const damaged = Uint8Array.from(whole);
      damaged[at] ^= flip;
      for (const bytes of [damaged, whole.subarray(0, length)]) {
        await writeFile(join(path, "set.json"), bytes);
        const found = await openDataset(join(path, "set.json"), { size: 4 }).catch(
          (error) => error,
        );
        if (found instanceof Error) expect(found).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 40 },
  );
});
