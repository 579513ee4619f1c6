import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { blackImage, marksIn, rowsIn } from "../../../test/fixtures/marks.js";
import { InputError } from "../../inputError.js";
import { openDataset } from "../sources.js";

const SIZE = { width: 4, height: 2 };
const image = await blackImage(SIZE.width, SIZE.height);

/** A PNG file of grey levels, or of three levels a pixel. */
const png = (of: readonly number[]) => {
  const channels = (of.length / 8) as 1 | 3;
  const file = sharp(Uint8Array.from(of), { raw: { ...SIZE, channels } });
  return (channels === 1 ? file.toColourspace("b-w") : file).png().toBuffer();
};

const [BLACK, RED, BLUE, EDGE] = [
  [0, 0, 0],
  [250, 50, 83],
  [51, 221, 255],
  [224, 224, 192],
];
const colours = await png([BLACK, RED, RED, EDGE, BLUE, BLACK, BLACK, RED].flat());
const numbers = await png([0, 1, 1, 255, 2, 0, 0, 1]);
const beyond = await png([0, 0, 0, 0, 0, 0, 0, 3]);
const wide = await blackImage(5, 2);
const map =
  "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:250,50,83::\nsea cow:51,221,255::\n";
const rows = ["011.", "2001"];

test("masks hold numbers; lists say the parts, images without a mask are left out", async () => {
  const path = await folderOf({
    ...{ "JPEGImages/a.png": image, "JPEGImages/b.png": image, "JPEGImages/c.png": image },
    ...{ "SegmentationClass/a.png": numbers, "SegmentationClass/b.png": numbers },
    "ImageSets/Segmentation/train.txt": "a\n",
    "ImageSets/Segmentation/val.txt": "b\n",
    "ImageSets/Main/train.txt": "c\n",
  });
  const { train, selection, notes } = await openDataset(path, { size: 2 });
  expect(train.labels).toMatchObject({ kind: "mask", classes: ["0", "1", "2"] });
  expect(rowsIn(train.labels, 4)).toEqual([rows]);
  expect(selection!.ids).toEqual([expect.stringMatching(/b.png$/)]);
  expect(notes?.join("\n")).toMatch(/left out of .*: 1 image without a mask, as JPEGImages.c.png/);
});

test("labelmap.txt names the classes and says what colours and numbers mean", async () => {
  const path = await folderOf({
    ...{ "images/a.png": image, "images/b.png": image, "labelmap.txt": map },
    ...{ "SegmentationClass/a.png": colours, "SegmentationClass/b.png": numbers },
  });
  const { train } = await openDataset(path, { size: 2 });
  expect(train.labels).toMatchObject({ classes: ["background", "cat", "sea cow"] });
  expect(rowsIn(train.labels, 4)).toEqual([rows, rows]);
  const known = ["sea cow", "owl", "cat", "background"];
  const other = await openDataset(path, { size: 2, kind: "mask", known });
  expect(other.train.labels).toMatchObject({ classes: known });
  expect(rowsIn(other.train.labels, 4)[0]).toEqual(["322.", "0332"]);
});

test("boxes are read where both are there and nobody asks for masks", async () => {
  const box = "<xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax>";
  const path = await folderOf({
    "JPEGImages/a.png": image,
    "Annotations/a.xml": `<annotation><object><name>cat</name><bndbox>${box}</bndbox></object></annotation>`,
    "SegmentationClass/a.png": numbers,
  });
  expect(marksIn((await openDataset(path, { size: 2 })).train.labels)).toEqual([
    [0, 0, 2, 2, 0, 0],
  ]);
  const { train } = await openDataset(path, { size: 2, kind: "mask" });
  expect(rowsIn(train.labels, 4)).toEqual([rows]);
});

describe("refused", () => {
  const files = {
    ...{ "JPEGImages/a.png": image, "SegmentationClass/a.png": colours, "labelmap.txt": map },
  };
  test.each([
    [
      "a colour of no class",
      { "labelmap.txt": "a:0,0,0\nb:250,50,83" },
      /a.png: it has the colour 51, 221, 255/,
    ],
    [
      "colours without names",
      { "labelmap.txt": "a\nb" },
      /a.png: it has the colour 0, 0, 0, which no/,
    ],
    [
      "a number of no class",
      { "SegmentationClass/a.png": beyond },
      /the number 3; expected one from 0 to 2/,
    ],
    [
      "what is no colour",
      { "labelmap.txt": "a:0,0,256::" },
      /line 1 has the colour "0,0,256"; expected/,
    ],
    [
      "two levels",
      { "labelmap.txt": "a:0,0" },
      /line 1 has the colour "0,0"; expected red,green,blue/,
    ],
    ["a name twice", { "labelmap.txt": "a:0,0,0\n\na:0,0,1" }, /line 3 has the class "a" again/],
    ["a colour twice", { "labelmap.txt": "a:0,0,0\nb:0,0,0" }, /line 2 has the colour of "a"/],
    ["no name", { "labelmap.txt": ":0,0,0" }, /line 1 has no name/],
    ["no class", { "labelmap.txt": "# nothing\n" }, /labelmap.txt names no class/],
    [
      "too many classes",
      { "labelmap.txt": Array.from({ length: 256 }, (_, at) => `c${at}:${at},0,0`).join("\n") },
      /line 256: a class beyond the 255 that masks can hold/,
    ],
    [
      "another size",
      { "JPEGImages/a.png": wide },
      /SegmentationClass.a.png: 2x4 pixels; its image .* has 2x5/,
    ],
    [
      "a mask of no image",
      { "SegmentationClass/z.png": colours },
      /z.png: there is no image of this name/,
    ],
    [
      "a listed image without a mask",
      { "JPEGImages/b.png": image, "ImageSets/Segmentation/train.txt": "a\nb" },
      /train.txt: line 2 names "b", of which there is no mask/,
    ],
  ])("%s", async (_, change, message) => {
    const path = await folderOf({ ...files, ...(change as Record<string, string | Uint8Array>) });
    const error = await openDataset(path, { size: 2 }).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  test("the kind that is not there", async () => {
    await expect(openDataset(await folderOf(files), { kind: "boxes" })).rejects.toThrow(
      /has no boxes: expected Annotations\/ beside its images/,
    );
    const boxes = await folderOf({
      "Annotations/a.xml": "<annotation/>",
      "JPEGImages/a.png": image,
    });
    await expect(openDataset(boxes, { kind: "mask" })).rejects.toThrow(
      /has no masks: expected SegmentationClass\/ beside its images/,
    );
  });

  test("any bytes of labelmap.txt are classes or refused", async () => {
    const path = await folderOf(files);
    const piece = fc.constantFrom("a", "b", ":", ",", "0", "255", "250,50,83", "\n", "#", " ");
    const text = fc
      .array(fc.oneof(piece, fc.string()), { maxLength: 12 })
      .map((all) => all.join(""));
    await fc.assert(
      fc.asyncProperty(text, async (bytes) => {
        await writeFile(join(path, "labelmap.txt"), map + bytes);
        const found = await openDataset(path, { size: 2 }).catch((error) => error);
        if (found instanceof Error) expect(found).toBeInstanceOf(InputError);
      }),
      { numRuns: 60 },
    );
  });
});
