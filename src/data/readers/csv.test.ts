import { mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { bytesOf, scratchFolder } from "../../../test/fixtures/data.js";
import { classesOf, classNames } from "../../../test/support/questions.js";
import type { MaskLabels, TagLabels, ValueLabels } from "../../data/labels.js";
import { InputError } from "../../inputError.js";
import type { Dataset } from "../dataset.js";
import { openDataset } from "../sources.js";
import type { WrongFile } from "./reader.js";

const image = (value: number) =>
  sharp({ create: { width: 4, height: 4, channels: 3, background: { r: value, g: 0, b: 0 } } })
    .png()
    .toBuffer();

/** A table beside three images whose red is 10, 20 and 30. */
async function table(text: string): Promise<string> {
  const path = await scratchFolder();
  await mkdir(join(path, "in"));
  await writeFile(join(path, "in", "a.png"), await image(10));
  await writeFile(join(path, "in", "b.png"), await image(20));
  await writeFile(join(path, "c, d.png"), await image(30));
  await writeFile(join(path, "set.csv"), text);
  return join(path, "set.csv");
}

test("reads paths from the table's folder, with splits, quotes and numbers in order", async () => {
  const path = await table(
    '\uFEFFLabel,path,split\r\n10,in/a.png,train\r\n9,"c, d.png",train\r\n\r\n9,in/b.png,val\r\n',
  );
  const { train, selection, test: held } = await openDataset(path, { size: 2 });
  expect(classNames(train)).toEqual(["9", "10"]);
  expect([...classesOf(train)]).toEqual([1, 0]);
  expect([bytesOf(train)[0], bytesOf(train)[48], bytesOf(selection!)[0]]).toEqual([10, 30, 20]);
  expect(held).toBeUndefined();
});

test("without a split column all rows are training data", async () => {
  const { train } = await openDataset(await table("path,label\nin/a.png,x\nin/b.png,y"));
  expect(train).toMatchObject({ name: "set", length: 2 });
  expect(classNames(train)).toEqual(["x", "y"]);
});

test.each([
  [
    "other columns",
    "source,kind,colour\nin/a.png,x,red",
    /line 1 has the columns source, kind, colour; it is not clear which one holds the path/,
  ],
  ["an empty file", "", /line 1 has the columns/],
  ["a missing cell", "path,label\nin/a.png", /line 2 has 1 cells; expected 2/],
  ["an empty label", "path,label\n\nin/a.png,", /line 3 has no label/],
  [
    "an unknown split",
    "path,label,split\nin/a.png,x,later",
    /line 2 has split "later"; expected train, val, test/,
  ],
  [
    "an image in two parts, however it is called",
    "path,label,split\nin/a.png,x,train\nin/b.png,y,train\nin/../in/a.png,x,val",
    /set.csv: line 4 has split "val" for an image that line 2 has for "train" \(.*in.a.png\)/,
  ],
  ["an open quote", 'path,label\n"in/a.png,x', /line 2: cannot read/],
  ["a header alone", "path,label\n", /has a header and no rows; expected one for each image/],
  [
    "two columns of one title",
    "path,label,label\nin/a.png,x,y\nin/b.png,y,x",
    /line 1 has the title "label" for columns 2 and 3; give one of them another title/,
  ],
  ["one class", "path,label\nin/a.png,x", /found 1 class/],
  [
    "a label that training lacks",
    'path,label,split\nin/a.png,cat,train\nin/b.png,dog,train\n"c, d.png",dogs,test',
    /line 4 has label "dogs", which no training row has \(did you mean "dog"\?\)/,
  ],
  ["a missing file", "path,label\nin/a.png,x\nin/z.png,y", /z.png: there is no such file/],
])("refuses %s", async (_, text, message) => {
  const path = await table(text);
  await expect(openDataset(path)).rejects.toThrow(InputError);
  await expect(openDataset(path)).rejects.toThrow(message);
});

/** A table of `rows` over the same three images. */
const rows = (header: string, ...cells: string[]) => table(`${header}\n${cells.join("\n")}\n`);
const tagsOf = ({ train }: { train: { labels: unknown } }) => train.labels as TagLabels;
const valuesOf = ({ train }: { train: { labels: unknown } }) => train.labels as ValueLabels;

test("takes columns as they are named, and says what was taken for what", async () => {
  const path = await rows("id,photo,species,site,note", "1,in/a.png,fox,n,-", "2,in/b.png,owl,s,-");
  const { train, notes } = await openDataset(path, {
    size: 2,
    columns: { path: "photo", label: "Species", group: "site" },
  });
  expect(classNames(train)).toEqual(["fox", "owl"]);
  expect([...train.groups!]).toEqual([0, 1]);
  expect(train.groupNames).toEqual(["n", "s"]);
  expect(notes).toEqual([
    `${path}: path = photo, label = species, group = site; not used: id, note`,
  ]);
});

test("a column of words is tags, and rows of one image come together", async () => {
  const path = await rows("image,class,x", "a,RBC,1", "a,WBC,2", "b,RBC,3", "a,RBC,4");
  const { train, notes } = await openDataset(path, { size: 2, columns: { tags: "class" } });
  expect(train.ids!.map((id) => id.slice(-8))).toEqual(["in/a.png", "in/b.png"]);
  expect(tagsOf({ train })).toMatchObject({ kind: "tags", classes: ["RBC", "WBC"] });
  expect([...tagsOf({ train }).of]).toEqual([1, 1, 1, 0]);
  expect(notes).toContain("images are found by their names in in/");
});

test("tags: words between separators, an empty cell for none, a column each, not known where empty", async () => {
  const words = await openDataset(await rows("path,tags", "in/a.png,red;big", "in/b.png,"));
  expect([...tagsOf(words).of]).toEqual([1, 1, 0, 0]);
  const columns = await openDataset(await rows("path,red,big", "in/a.png,1,yes", "in/b.png,0,"));
  expect(tagsOf(columns).classes).toEqual(["red", "big"]);
  expect([...tagsOf(columns).of]).toEqual([1, 1, 0, 2]);
});

test.each(["Infinity", "nan", "0x10", '"1,5"', "1e999"])(
  "a value of %s does not drop its column",
  async (cell) => {
    const path = await rows("path,age,weight", "in/a.png,3,0.5", `in/b.png,4,${cell}`);
    const found = `line 3, column "weight" is "${cell.replaceAll('"', "")}"; expected a finite number`;
    await expect(openDataset(path)).rejects.toThrow(found);
  },
);

test("columns of numbers are values; an empty cell is not known", async () => {
  const clear = await openDataset(await rows("path,age,weight", "in/a.png,3,0.5", "in/b.png,,-1"));
  expect(valuesOf(clear)).toMatchObject({ kind: "values", names: ["age", "weight"] });
  expect([...valuesOf(clear).of]).toEqual([3, 0.5, Number.NaN, -1]);
  const label = await rows("path,label", "in/a.png,3", "in/b.png,4");
  expect(valuesOf(await openDataset(label, { kind: "values" })).names).toEqual(["label"]);
  expect((await openDataset(label)).train.labels.kind).toBe("class");
});

test("counts are not taken for classes without a word", async () => {
  const counts = Array.from({ length: 40 }, (_, at) => `in/a.png,${at % 26}`);
  const path = await rows("path,label", ...counts);
  await expect(openDataset(path)).rejects.toThrow(
    /column "label".*26 different ones.*--task values/,
  );
  const { train } = await openDataset(path, { kind: "class", size: 2 });
  expect(classNames(train)).toHaveLength(26);
  const fractions = await rows("path,label", "in/a.png,0.5", "in/b.png,1.5");
  await expect(openDataset(fractions)).rejects.toThrow(/--task values/);
});

test("quoted blanks say as little as an empty cell", async () => {
  const path = await rows("path,age,red,big", 'in/a.png,31," ",1', 'in/b.png,"  ",1," 0 "');
  const read = (columns: Record<string, string>) => openDataset(path, { size: 2, columns });
  expect([...valuesOf(await read({ values: "age" })).of]).toEqual([31, Number.NaN]);
  expect([...tagsOf(await read({ tags: "red+big" })).of]).toEqual([2, 1, 1, 0]);
});

test("links that lead back are not followed in search of images", { timeout: 20_000 }, async () => {
  const path = await rows("path,label", "a,x", "b,y");
  for (const name of ["up", "also"]) await symlink("..", join(dirname(path), "in", name));
  expect((await openDataset(path, { size: 2 })).train.length).toBe(2);
});

test("joined labels are not taken for classes without a word", async () => {
  const path = await rows("path,label", 'in/a.png,"RBC,WBC"', "in/b.png,RBC", '"c, d.png",WBC');
  await expect(openDataset(path)).rejects.toThrow(/"RBC,WBC".*several tags.*--task tags/);
  expect([...tagsOf(await openDataset(path, { kind: "tags", size: 2 })).of]).toEqual([
    1, 1, 1, 0, 0, 1,
  ]);
});

test("given names stand for numbers", async () => {
  const path = await rows("path,label", "in/a.png,1", "in/b.png,0");
  const { train } = await openDataset(path, { classes: ["cat", "dog", "eel"] });
  expect([classNames(train), ...classesOf(train)]).toEqual([["cat", "dog", "eel"], 1, 0]);
});

test.each([
  [
    "a column that is not there",
    "path,label",
    "in/a.png,x",
    { columns: { label: "lable" } },
    /line 1 has no column "lable" for label \(did you mean "label"\?\)/,
  ],
  [
    "two columns for one role",
    "path,label,class",
    "in/a.png,x,y",
    { columns: { label: "label", class: "class" } },
    /columns: "label" and "class" are both to hold label; give one of them/,
  ],
  [
    "a number in other digits",
    "path,age",
    "in/a.png,0x10",
    { columns: { values: "age" } },
    /line 2, column "age" is "0x10"; expected a finite number/,
  ],
  [
    "a role that there is not",
    "path,label",
    "in/a.png,x",
    { columns: { lable: "label" } },
    /no role "lable" \(did you mean "label"\?\)/,
  ],
  [
    "a value that is not finite",
    "path,age",
    "in/a.png,inf",
    { kind: "values", columns: { values: "age" } },
    /line 2, column "age" is "inf"; expected a finite number/,
  ],
  [
    "a value beyond 32 bits",
    "path,age",
    "in/a.png,1e39",
    { kind: "values" },
    /line 2, column "age" is "1e39"/,
  ],
  [
    "a tag that is no yes or no",
    "path,red,big",
    "in/a.png,3,1",
    { columns: { tags: "red+big" } },
    /line 2, column "red" is "3"; expected 1/,
  ],
] as const)("refuses %s", async (_, header, row, options, message) => {
  const path = await rows(header, row);
  await expect(openDataset(path, options)).rejects.toThrow(InputError);
  await expect(openDataset(path, options)).rejects.toThrow(message);
});

test("refuses a table that is not UTF-8, naming the line", async () => {
  const path = await table("");
  const text = "path,label\nin/a.png,caf\u00e9\nin/b.png,th\u00e9\n";
  await writeFile(path, Buffer.from(text, "latin1"));
  await expect(openDataset(path)).rejects.toThrow(/line 2 is not UTF-8.*CSV UTF-8/);
});

test("data that are only evaluated may show some of the classes, or have a test part alone", async () => {
  const path = await rows("path,label,split", "in/a.png,owl,test", "in/b.png,owl,test");
  await expect(openDataset(path)).rejects.toThrow(/found a part for test, but none for training/);
  const { train, test: held } = await openDataset(path, { known: ["fox", "owl"] });
  expect([...classesOf(train)]).toEqual([1, 1]);
  expect(held).toBeUndefined();
  const strange = await rows("path,label", "in/a.png,cat");
  await expect(openDataset(strange, { known: ["bat", "owl"] })).rejects.toThrow(
    /class "cat" is not among those that the net knows \(did you mean "bat"\?\)/,
  );
});

/** A PNG file of 4x4 numbers. */
const mask = (...of: readonly number[]) =>
  sharp(
    Uint8Array.from({ length: 16 }, (_, at) => of[at % of.length]),
    { raw: { width: 4, height: 4, channels: 1 } },
  )
    .toColourspace("b-w")
    .png()
    .toBuffer();
const maskOf = (set: Dataset, at: number) => {
  const { data, offsets } = (set.labels as MaskLabels).of;
  return [...data.subarray(offsets[at], offsets[at] + 4)];
};

/** A table of rows beside three images and masks of their names. */
async function maskTable(header: string, ...cells: readonly string[]): Promise<string> {
  const path = await rows(header, ...cells);
  const folder = join(dirname(path), "masks");
  await mkdir(folder);
  await writeFile(join(folder, "a.png"), await mask(0, 1, 2, 255));
  await writeFile(join(folder, "b.png"), await mask(0, 0, 1, 1));
  return path;
}

test("masks are named in a column, beside labels when they are asked for", async () => {
  const path = await maskTable(
    "path,mask,split,site",
    "in/b.png,masks/b.png,train,n",
    "in/a.png,masks/a.png,train,s",
    '"c, d.png",masks/b.png,val,n',
  );
  const { train, selection, notes } = await openDataset(path, {
    size: 4,
    columns: { group: "site" },
  });
  expect(train.labels).toMatchObject({ kind: "mask", classes: ["0", "1", "2"] });
  expect([maskOf(train, 0), maskOf(train, 1)]).toEqual([
    [0, 0, 1, 1],
    [0, 1, 2, 255],
  ]);
  expect(maskOf(selection!, 0)).toEqual([0, 0, 1, 1]);
  expect([...train.groups!, ...selection!.groups!]).toEqual([0, 1, 0]);
  expect(selection!.groupNames).toEqual(train.groupNames);
  expect(notes).toEqual([`${path}: path = path, masks = mask, split = split, group = site`]);

  const both = await maskTable(
    "path,label,mask",
    "in/a.png,x,masks/a.png",
    "in/b.png,y,masks/b.png",
  );
  expect(classNames((await openDataset(both)).train)).toEqual(["x", "y"]);
  expect((await openDataset(both, { kind: "mask" })).train.labels.kind).toBe("mask");
  const named = await maskTable("path,cells", "in/a.png,masks/a.png", "in/b.png,masks/b.png");
  const { train: cells } = await openDataset(named, {
    columns: { masks: "cells" },
    classes: ["sky", "sea", "land"],
  });
  expect(cells.labels).toMatchObject({ kind: "mask", classes: ["sky", "sea", "land"] });
});

test("an image that cannot be used is left out with its mask", async () => {
  const path = await maskTable(
    "path,mask",
    "in/z.png,masks/a.png",
    "in/b.png,masks/b.png",
    "in/a.png,masks/a.png",
  );
  const wrong: WrongFile[] = [];
  const { train } = await openDataset(path, { size: 4, wrong });
  expect(wrong.map(({ path }) => basename(path))).toEqual(["z.png"]);
  expect([maskOf(train, 0), maskOf(train, 1)]).toEqual([
    [0, 0, 1, 1],
    [0, 1, 2, 255],
  ]);
});

test.each([
  ["no mask", "in/a.png,", /line 2 has no mask/],
  ["a mask that is not there", "in/a.png,a.png", /a\.png: there is no such file/],
  ["a mask that is no PNG file", "in/a.png,set.csv", /set\.csv: /],
])("refuses %s", async (_, row, message) => {
  const path = await maskTable("path,mask", row);
  await expect(openDataset(path)).rejects.toThrow(InputError);
  await expect(openDataset(path)).rejects.toThrow(message);
});
