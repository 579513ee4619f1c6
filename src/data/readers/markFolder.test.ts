import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderOf } from "../../../test/fixtures/data.js";
import { blackImage, marksIn } from "../../../test/fixtures/marks.js";
import { InputError } from "../../inputError.js";
import { openDataset } from "../sources.js";
import type { WrongFile } from "./reader.js";

const small = await blackImage(8, 4);
const large = await blackImage(40, 20);

describe("points", () => {
  test("go by image, with their classes; an image without rows, or with an empty one, has none", async () => {
    const path = await folderOf({
      "images/a.png": small,
      "images/b.png": small,
      "images/c.png": small,
      "points.csv": "image,x,y,class\na.png,0.5,1,fish\nb.png,,,\na.png,8,4,crab\n",
    });
    const { train, notes } = await openDataset(path, { size: 4 });
    expect(train.labels).toMatchObject({ kind: "points", classes: ["crab", "fish"] });
    expect(marksIn(train.labels)).toEqual([[0.5, 1, 1, 8, 4, 0], [], []]);
    expect(notes?.join("\n")).toMatch(
      /points = x\+y\+class\n.*2 points in 3 images, 2 without any/,
    );
  });

  test("become as small as their image", async () => {
    const path = await folderOf({
      "a.png": large,
      "dots.csv": "path,x,y\na.png,10,20\na.png,40,5",
    });
    const { train } = await openDataset(path, { size: 4 });
    // 20 rows became 8.
    expect(train.labels).toMatchObject({ classes: ["object"] });
    expect(marksIn(train.labels)).toEqual([[4, 8, 0, 16, 2, 0]]);
  });

  test("of a table alone are those of the images that it names", async () => {
    const path = await folderOf({
      "a.png": small,
      "b.png": small,
      "fish.csv": "photo,u,v\na.png,1,1\n",
    });
    const columns = { path: "photo", x: "u", y: "v" };
    const { train } = await openDataset(join(path, "fish.csv"), { size: 4, columns });
    expect(train.length).toBe(1);
    expect(marksIn(train.labels)).toEqual([[1, 1, 0]]);
  });
});

describe("boxes", () => {
  const table = (...rows: string[]) =>
    `file,class,xmin,ymin,xmax,ymax,difficult\n${rows.join("\n")}`;

  test("are cut to their image; those without area are left out, and both are told", async () => {
    const path = await folderOf({
      "a.png": small,
      "boxes.csv": table("a.png,cat,-1,0,4,2,0", "a,cat,1,1,1,3,0", "a.png,dog,2,1,8,4,1"),
    });
    const { train, notes } = await openDataset(path, { size: 4 });
    expect(marksIn(train.labels)).toEqual([[0, 0, 4, 2, 0, 0, 2, 1, 8, 4, 1, 1]]);
    expect(notes?.join("\n")).toMatch(/1 box beyond.*\n.*without area.*line 3/);
  });

  test("may be told by width and height", async () => {
    const path = await folderOf({ "a.png": small, "boxes.csv": "path,x,y,w,h\na.png,1,1,2,3" });
    const { train } = await openDataset(path, { size: 4 });
    expect(marksIn(train.labels)).toEqual([[1, 1, 3, 4, 0, 0]]);
  });

  test("lists of names divide the images; those that none names are left out", async () => {
    const path = await folderOf({
      ...{ "a.png": small, "b.png": small, "c.png": small, "d.png": small },
      "boxes.csv": table("a.png,cat,0,0,1,1,", "b.png,cat,0,0,2,2,0"),
      ...{ "train.txt": "a\n", "val.txt": "b.png\n", "test.txt": "c\n" },
    });
    const { train, selection, test, notes } = await openDataset(path, { size: 4 });
    expect([train, selection, test].map((part) => marksIn(part!.labels))).toEqual([
      [[0, 0, 1, 1, 0, 0]],
      [[0, 0, 2, 2, 0, 0]],
      [[]],
    ]);
    expect(notes?.join("\n")).toMatch(/1 image that no list names, as d.png/);
  });

  test.each([
    ["a box beside its image", "a.png,cat,9,0,12,3,0", /line 3: a box from 9, 0 .*outside.*4x8/],
    ["one that ends before it begins", "a.png,cat,3,0,1,3,0", /line 3: .*ends before it begins/],
    ["an image that is not there", "e.png,cat,0,0,1,1,0", /line 3 has the image "e.png"/],
    ["half a row", "a.png,cat,1,,2,2,0", /line 3, column "ymin" is ""; expected a number/],
    ["no number", "a.png,cat,1,x,2,2,0", /line 3, column "ymin" is "x"/],
    ["no class", "a.png,,1,1,2,2,0", /line 3 has no class/],
    [
      "somewhat crowded",
      "a.png,cat,1,1,2,2,2",
      /line 3, column "difficult" is "2"; expected 1 or 0/,
    ],
  ])("%s is refused by file and line", async (_, row, message) => {
    const path = await folderOf({ "a.png": small, "boxes.csv": table("a.png,cat,0,0,1,1,0", row) });
    const error = await openDataset(path, { size: 4 }).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  test("that cannot be used are listed and left out where that is asked for", async () => {
    const path = await folderOf({
      "a.png": small,
      "boxes.csv": table("a.png,cat,9,0,12,3,0", "a.png,cat,0,0,1,1,0"),
    });
    const wrong: WrongFile[] = [];
    const { train } = await openDataset(path, { size: 4, wrong });
    expect(marksIn(train.labels)).toEqual([[0, 0, 1, 1, 0, 0]]);
    expect(wrong).toMatchObject([{ path: expect.stringMatching(/boxes.csv: line 2$/) }]);
  });

  test("of a class that no training image shows are refused", async () => {
    const path = await folderOf({
      ...{ "a.png": small, "b.png": small },
      "boxes.csv": table("a.png,cat,0,0,1,1,0", "b.png,cow,0,0,1,1,0"),
      ...{ "train.txt": "a\n", "val.txt": "b\n" },
    });
    await expect(openDataset(path, { size: 4 })).rejects.toThrow(/line 3 has class "cow"/);
  });

  test("an image in two lists is refused", async () => {
    const path = await folderOf({
      ...{ "a.png": small, "boxes.csv": table("a.png,cat,0,0,1,1,0") },
      ...{ "train.txt": "a\n", "val.txt": "a\n" },
    });
    await expect(openDataset(path, { size: 4 })).rejects.toThrow(
      /val.txt: line 1 .*listed for train/,
    );
  });
});

test("a folder whose table marks nothing says what was expected", async () => {
  const path = await folderOf({ "a.png": small, "points.csv": "image,label\na.png,cod" });
  await expect(openDataset(path, { size: 4 })).rejects.toThrow(/expected those of points \(x, y\)/);
});
