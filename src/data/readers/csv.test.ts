import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { bytesOf, scratchFolder } from "../../../test/fixtures/data.js";
import { classesOf, classNames } from "../../../test/support/questions.js";
import { InputError } from "../../inputError.js";
import { openDataset } from "../sources.js";
import { parseCsv } from "./csv.js";

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
  ["other columns", "file,class\nin/a.png,x", /line 1 has the columns file, class; expected path/],
  ["an empty file", "", /line 1 has the columns/],
  ["a missing cell", "path,label\nin/a.png", /line 2 has 1 cells; expected 2/],
  ["an empty label", "path,label\n\nin/a.png,", /line 3 has no label/],
  ["an unknown split", "path,label,split\nin/a.png,x,dev", /line 2 has split "dev"/],
  ["an open quote", 'path,label\n"in/a.png,x', /line 2: cannot read/],
  ["one class", "path,label\nin/a.png,x", /found 1 class/],
  [
    "a label that training lacks",
    "path,label,split\nin/a.png,cat,train\nin/b.png,dog,train\nin/b.png,dogs,test",
    /line 4 has label "dogs", which no training row has \(did you mean "dog"\?\)/,
  ],
  ["a missing file", "path,label\nin/a.png,x\nin/z.png,y", /z.png: there is no such file/],
])("refuses %s", async (_, text, message) => {
  const path = await table(text);
  await expect(openDataset(path)).rejects.toThrow(InputError);
  await expect(openDataset(path)).rejects.toThrow(message);
});

test("any table written with quotes reads back", () => {
  const cell = fc.string({ minLength: 1 }).filter((text) => !text.includes("\r"));
  const rows = fc.array(fc.tuple(cell, cell), { minLength: 1 });
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(rows, fc.constantFrom("", "\n", "\r\n"), (cells, end) => {
      const text = cells.map((row) => row.map(quote).join(",")).join("\n") + end;
      expect(parseCsv(text, "x").map((row) => row.cells)).toEqual(cells);
    }),
  );
});
