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

  test("of images without a row nobody knows the group, which is told", async () => {
    const path = await folderOf({
      ...{ "a.png": small, "b.png": small, "c.png": small },
      "points.csv": "image,x,y,group\na.png,1,1,reef\nb.png,,,bay\n",
    });
    const { train, notes } = await openDataset(path, { size: 4 });
    expect([...train.groups!].map((group) => train.groupNames![group])).toEqual([
      "reef",
      "bay",
      "",
    ]);
    expect(notes?.join("\n")).toMatch(/1 image without a row, all as of one group; rows without/);
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

describe("lists", () => {
  const six = Object.fromEntries(
    ["a/0", "a/1", "b/0", "b/1"].map((name) => [`${name}.png`, small]),
  );
  const points = { "points.csv": "image,x,y\na/0.png,1,1\nb/1.png,2,2\n" };
  const read = async (files: Readonly<Record<string, string>>) =>
    openDataset(await folderOf({ ...six, ...points, ...files }), { size: 4 });
  const namesOf = (part?: { readonly ids?: readonly string[] }) =>
    part?.ids?.map((file) => file.split("/").slice(-2).join("/"));

  test("without one for training leave it the images that they do not name", async () => {
    const { train, test, notes } = await read({ "test.txt": "a/1\nb/1\n" });
    expect([train, test].map(namesOf)).toEqual([
      ["a/0.png", "b/0.png"],
      ["a/1.png", "b/1.png"],
    ]);
    expect(notes?.join("\n")).toMatch(/no list for training: for it are 2 images .* as a.0.png/);
  });

  test("name images by as much of the path as they give", async () => {
    const { train, test } = await read({ "train.txt": "./a/0.png\na/1\n", "test.txt": "b/1" });
    expect([train, test].map(namesOf)).toEqual([["a/0.png", "a/1.png"], ["b/1.png"]]);
  });

  test.each([
    [
      "a name of two images",
      { "train.txt": "a/0\n1" },
      /train.txt: line 2 .*"1".* a\/1.png, b\/1.png/,
    ],
    ["a name of none", { "train.txt": "a/0\n\na/7" }, /train.txt: line 3 names "a\/7".* no image/],
    [
      "a row of two images",
      { "points.csv": "image,x,y\n1.png,1,1" },
      /line 2 .*"1.png".* a\/1.png, b/,
    ],
    ["a folder", { "train.txt/a": "", "test.txt": "a/0" }, /train.txt: it is a folder/],
  ])("with %s are refused", async (_, files, message) => {
    const error = await read(files as Record<string, string>).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });
});

test.each([
  ["a word that is no part", "a.png,1,1,trian", /line 2 has split "trian"; expected train/],
  [
    "two parts for an image",
    "a.png,1,1,train\na,2,2,test",
    /line 3 has split "test" .* line 2 .*"train"/,
  ],
])("a column of parts with %s is refused, in a folder and in a table", async (_, rows, message) => {
  const points = `image,x,y,split\n${rows}\nb.png,1,1,train\n`;
  const path = await folderOf({ "a.png": small, "b.png": small, "points.csv": points });
  for (const source of [path, join(path, "points.csv")]) {
    const error = await openDataset(source, { size: 4 }).catch((found) => found);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  }
});

test("rows of a table that call one image by several names come together", async () => {
  const rows = ["im/a.png,1,1", "./im/a.png,2,2", "a,3,3", "b,1,2"];
  const table = `image,x,y\n${rows.join("\n")}`;
  const path = await folderOf({ "im/a.png": small, "im/b.png": small, "t.csv": table });
  const { train } = await openDataset(join(path, "t.csv"), { size: 4 });
  expect(marksIn(train.labels)).toEqual([
    [1, 1, 0, 2, 2, 0, 3, 3, 0],
    [1, 2, 0],
  ]);
});

test.each([
  [
    "points",
    "image,class,xmin,ymin,xmax,ymax\na.png,cod,0,0,1,1",
    "has the columns of boxes (xmin, ymin, xmax, ymax); wanted: points (x, y); boxes are learnt by --task detect",
  ],
  [
    "boxes",
    "image,class,x,y\na.png,cod,0,0",
    "has the columns of points (x, y); wanted: boxes (left, top, right, bottom); points are learnt by --task count or points",
  ],
] as const)(
  "a table that has no %s but the other kind is refused as such",
  async (kind, table, message) => {
    const path = await folderOf({ "a.png": small, "boxes.csv": table });
    for (const source of [path, join(path, "boxes.csv")]) {
      await expect(openDataset(source, { kind })).rejects.toThrow(message);
    }
  },
);

test("a folder whose table marks nothing says what was expected", async () => {
  const path = await folderOf({ "a.png": small, "points.csv": "image,label\na.png,cod" });
  await expect(openDataset(path, { size: 4 })).rejects.toThrow(/expected those of points \(x, y\)/);
});
