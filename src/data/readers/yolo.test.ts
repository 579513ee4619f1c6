import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { blackImage, marksIn } from "../../../test/fixtures/marks.js";
import { InputError } from "../../inputError.js";
import { openDataset } from "../sources.js";
import type { WrongFile } from "./reader.js";
import { parseDataYaml } from "./yoloNames.js";
import { parseYolo } from "./yoloText.js";

const small = await blackImage(8, 4);
const large = await blackImage(40, 20);
const yaml = "train: ../images/train\nnc: 2\nnames:\n  0: cat\n  1: no\n";

test("images and labels may lie in parts, classes have their names, and no label file is no box", async () => {
  const path = await folderOf({
    "data.yaml": yaml,
    "images/train2017/deep/a.png": small,
    "images/train2017/b.png": small,
    "images/val2017/c.png": large,
    "labels/train2017/deep/a.txt": "1 0.5 0.5 0.25 1\n\n0 .125 0.25 0.25 0.5\r\n",
    "labels/val2017/c.txt": "1 0.25 0.5 0.5 1",
  });
  const { train, selection, test, notes } = await openDataset(path, { size: 4 });
  expect(train.labels).toMatchObject({ kind: "boxes", classes: ["cat", "no"] });
  expect(marksIn(train.labels)).toEqual([[], [3, 0, 5, 4, 1, 0, 0, 0, 2, 2, 0, 0]]);
  // 20 rows became 8.
  expect(marksIn(selection!.labels)).toEqual([[0, 0, 8, 8, 1, 0]]);
  expect(test).toBeUndefined();
  expect(notes?.join("\n")).toMatch(
    /named by .*data.yaml\n.*train: 2 boxes in 2 images, 1 without/,
  );
});

test("each part may have images and labels", async () => {
  const path = await folderOf({
    "data.yaml": "names: ['cat', 'dog']",
    "train/images/a.png": small,
    "train/labels/a.txt": "1 0.5 0.5 0.5 0.5",
    "valid/images/b.png": small,
    "valid/labels/b.txt": "",
    "test/images/c.png": small,
  });
  const { train, selection, test, notes } = await openDataset(path, { size: 4 });
  expect(marksIn(train.labels)).toEqual([[2, 1, 6, 3, 1, 0]]);
  expect(marksIn(selection!.labels)).toEqual([[]]);
  expect(test).toBeUndefined();
  expect(notes?.join("\n")).toMatch(/images of the part test have no labels/);
});

test("without parts all are for training; classes.txt may lie among the labels", async () => {
  const path = await folderOf({
    "images/a.png": small,
    "labels/a.txt": "0 0.5 0.5 1 1",
    "labels/classes.txt": "owl\nbat\n",
  });
  const { train } = await openDataset(path, { size: 4 });
  expect(train.labels).toMatchObject({ classes: ["owl", "bat"] });
  expect(marksIn(train.labels)).toEqual([[0, 0, 8, 4, 0, 0]]);
});

test("classes without names are called by their numbers, or by given names", async () => {
  const files = { "images/a.png": small, "labels/a.txt": "3 0.5 0.5 1 1\n1 0.5 0.5 1 1" };
  const path = await folderOf(files);
  const { train, notes } = await openDataset(path, { size: 4 });
  expect(train.labels).toMatchObject({ classes: ["1", "3"] });
  expect(notes?.join("\n")).toMatch(/called by their numbers/);
  const classes = ["a", "b", "c", "d"];
  const named = await openDataset(path, { size: 4, classes });
  expect(named.train.labels).toMatchObject({ classes });
  expect(marksIn(named.train.labels)).toEqual([[0, 0, 8, 4, 3, 0, 0, 0, 8, 4, 1, 0]]);
});

test("polygons become the boxes round them, which is said; what reaches beyond is cut", async () => {
  const path = await folderOf({
    "images/a.png": small,
    "labels/a.txt": "0 0.25 0.5 0.75 0.25 0.5 1\n0 0 0 0.5 0 0.5 0.5 0 0.5\n0 0.125 0.5 0.5 1",
  });
  const { train, notes } = await openDataset(path, { size: 4 });
  expect(marksIn(train.labels)).toEqual([[2, 1, 6, 4, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 3, 4, 0, 0]]);
  expect(notes?.join("\n")).toMatch(
    /train: 2 polygons are read as the boxes round them: --task segment learns masks/,
  );
  expect(notes?.join("\n")).toMatch(/1 box beyond/);
});

test("masks beside images are no labels of YOLO", async () => {
  const path = await folderOf({ "images/a.png": small, "labels/a.png": small });
  const { train } = await openDataset(path, { size: 4 });
  expect(train.labels.kind).toBe("class");
});

describe("refused by file and line", () => {
  test.each([
    ["four numbers", "0 1 1 1", /a.txt: line 2 has 4 numbers; expected 5/],
    ["a confidence", "0 1 1 1 1 0.9", /line 2 has 6 numbers/],
    ["half a corner", "0 1 1 1 1 0.9 1 1", /line 2 has 8 numbers/],
    ["pixels", "0 5 2 4 4", /line 2 has "5"; expected a share .*from 0 to 1/],
    ["words", "0 0.5 x 1 1", /line 2 has "x"/],
    ["NaN", "0 0.5 nan 1 1", /line 2 has "nan"/],
    ["a class by name", "cat 0.5 0.5 1 1", /line 2 has the class "cat"; expected a whole number/],
    ["half a class", "0.5 0.5 0.5 1 1", /line 2 has the class "0.5"/],
    ["a class that has no name", "2 0.5 0.5 1 1", /line 2 has the class "2".* from 0 to 1/],
    ["a negative class", "-1 0.5 0.5 1 1", /line 2 has the class "-1"/],
    ["a negative width", "0 0.5 0.5 -0.005 1", /line 2 has a negative width or height/],
  ])("%s", async (_, line, message) => {
    const path = await folderOf({
      "data.yaml": yaml,
      "images/a.png": small,
      "labels/a.txt": `0 0.5 0.5 1 1\n${line}`,
    });
    const error = await openDataset(path, { size: 4 }).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  test.each([
    ["a label without an image", { "labels/z.txt": "" }, /z.txt: there is no image of this name/],
    ["other bytes than UTF-8", { "labels/a.txt": Buffer.from("0 1\n\xff", "latin1") }, /line 2 is/],
    ["a large file", { "labels/a.txt": Buffer.alloc(5_000_000, "\n") }, /has 5.0 MB; expected/],
    ["no box at all", { "labels/a.txt": "" }, /there are no boxes in the images for training/],
    ["two folders of a part", { "images/val/a.png": "", "images/dev/a.png": "" }, /both names of/],
    ["broken YAML", { "data.yaml": "names: [a, b\nnc: 2" }, /data.yaml: line 2 is no YAML/],
    ["no names", { "data.yaml": "nc: 2" }, /data.yaml: there are no "names"; expected a list/],
    ["names as a text", { "data.yaml": "names: cat" }, /there are no "names"/],
    ["no name in names", { "data.yaml": "names: []" }, /"names" is empty/],
    ["a gap in names", { "data.yaml": "names: {0: a, 2: b}" }, /name of class 1 is missing/],
    ["a list as a name", { "data.yaml": "names: [a, [b]]" }, /name of class 1 is a list or a map/],
    ["a list that holds itself", { "data.yaml": "names: &a [b, *a]" }, /name of class 1 is a list/],
    ["a name twice", { "data.yaml": "names: [a, b, a]" }, /two classes are called "a"/],
  ])("%s", async (_, files, message) => {
    const path = await folderOf({
      "images/a.png": small,
      "labels/a.txt": "0 0.5 0.5 1 1",
      ...(files as Record<string, string | Uint8Array>),
    });
    const error = await openDataset(path, { size: 4 }).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  test("boxes outside their image, or listed and left out where that is asked for", async () => {
    const path = await folderOf({
      "images/a.png": small,
      "labels/a.txt": "0 0.5 0.5 1 1\n0 -0.01 0.5 0 0.5",
    });
    await expect(openDataset(path, { size: 4 })).rejects.toThrow(/a.txt: line 2: a box .*outside/);
    const wrong: WrongFile[] = [];
    const { train } = await openDataset(path, { size: 4, wrong });
    expect(marksIn(train.labels)).toEqual([[0, 0, 8, 4, 0, 0]]);
    expect(wrong).toHaveLength(1);
  });
});

describe("YAML that would take all memory or the stack is refused", () => {
  const letters = [..."abcdefghi"];
  const bomb = letters.map(
    (name, at) =>
      `${name}: &${name} [${Array(9)
        .fill(at ? `*${letters[at - 1]}` : "x")
        .join(",")}]`,
  );
  test.each([
    ["lists in lists", "[".repeat(20_000)],
    ["blocks in blocks", "- ".repeat(20_000)],
    ["maps in maps", "{a: ".repeat(20_000)],
    ["keys in keys", "? ".repeat(20_000)],
    ["aliases of aliases", `${bomb.join("\n")}\nnames: *i`],
  ])("%s", (_, text) => {
    expect(() => parseDataYaml(text, "data.yaml")).toThrow(InputError);
  });
});

/** Runs `read`, which may refuse what it is given, and nothing else. */
const mayRefuse = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
  }
};

test("any text is boxes or refused", () => {
  const cell = fc.oneof(fc.constantFrom("0", "1", "0.5", "-1", "1e999", "0x1", ""), fc.string());
  const line = fc.oneof(
    fc.array(cell, { maxLength: 9 }).map((cells) => cells.join(" ")),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
      mayRefuse(() => {
        for (const { at } of parseYolo(lines.join("\n"), "a.txt").marks) {
          expect(at.every(Number.isFinite)).toBe(true);
        }
      });
    }),
  );
  const piece = fc.constantFrom(
    "names",
    ":",
    " ",
    "\n",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "a",
    "0",
    "&a",
    "*a",
    "!!",
    "'",
    "|",
    "<<",
    "? ",
    "%",
    "---\n",
  );
  const yamlText = fc
    .array(fc.oneof(piece, fc.string()), { maxLength: 30 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(yamlText, (text) => {
      mayRefuse(() => expect(parseDataYaml(text, "data.yaml").length).toBeGreaterThan(0));
    }),
  );
});

test("any bytes of a label file or data.yaml are a data set or refused", async () => {
  const path = await folderOf({ "images/a.png": small, "labels/a.txt": "0 0.5 0.5 1 1" });
  const file = fc.constantFrom("labels/a.txt", "data.yaml");
  await fc.assert(
    fc.asyncProperty(file, fc.uint8Array({ maxLength: 40 }), async (name, bytes) => {
      await writeFile(join(path, name), bytes);
      const found = await openDataset(path, { size: 4 }).catch((error) => error);
      if (found instanceof Error) expect(found).toBeInstanceOf(InputError);
    }),
    { numRuns: 40 },
  );
});
