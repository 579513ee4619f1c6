import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { scratchFolder } from "../../../test/fixtures/data.js";
import { InputError } from "../../inputError.js";
import { labelAt, type TokenLabels } from "../labels.js";
import { openDataset } from "../sources.js";
import type { ReadOptions } from "./reader.js";

/** A folder of four black images, two of them for testing, with a table. */
async function folderWith(table: string): Promise<string> {
  const folder = await scratchFolder();
  await mkdir(join(folder, "lines"));
  for (const name of ["a", "b", "c", "d"]) {
    const black = { create: { width: 20, height: 8, channels: 3, background: "#000" } } as const;
    await sharp(black)
      .png()
      .toFile(join(folder, "lines", `${name}.png`));
  }
  await writeFile(join(folder, "texts.csv"), table);
  return folder;
}

const open = async (table: string, options: ReadOptions = {}) =>
  openDataset(await folderWith(table), { size: 8, ...options });

describe("a folder of lines", () => {
  test("has texts, of the characters of the training part", async () => {
    const { train, test } = await open(
      "path,text,split\nlines/a.png,20,train\nlines/b.png,4.2 ,train\nlines/c.png,42,test\nd,0,test\n",
    );
    const labels = train.labels as TokenLabels;
    expect(labels.vocabulary.join("")).toBe(".024");
    expect([0, 1].map((at) => labelAt(labels, at))).toEqual(["20", "4.2"]);
    expect([0, 1].map((at) => labelAt(test!.labels, at))).toEqual(["42", "0"]);
  });

  test("has tokens where a column of them is named, and a letter is one however it is written", async () => {
    const { train } = await open(
      "path,tokens\nlines/a.png,clef-G2  note-C4\nlines/b.png,note-C4\n",
    );
    expect(labelAt(train.labels, 0)).toBe("clef-G2 note-C4");
    const accents = await open("path,text\nlines/a.png,\u00e9\nlines/b.png,e\u0301\n");
    expect((accents.train.labels as TokenLabels).vocabulary).toEqual(["\u00e9"]);
  });

  test("is read with a label column, and with another vocabulary, when that is said", async () => {
    const named = await open("path,label\nlines/a.png,20\n", { kind: "tokens" });
    expect(labelAt(named.train.labels, 0)).toBe("20");
    const known = await open("path,text\nlines/a.png,20\n", { classes: ["0", "1", "2"] });
    expect([...(known.train.labels as TokenLabels).of.data]).toEqual([2, 0]);
  });

  test.each([
    [
      "path,text\nlines/a.png,20\nlines/b.png, \n",
      {},
      /line 3 has no text; expected what its image/,
    ],
    [
      "path,text,split\nlines/a.png,20,train\nlines/b.png,21,test\n",
      {},
      /line 3 has the token "1" in "21", which no training row has/,
    ],
    [
      "path,text\nlines/a.png,20\n",
      { classes: ["1", "2"] },
      /the token "0" .* the vocabulary \(setting classes, or vocabulary.txt\) does not have/,
    ],
    ["path,sense\nlines/a.png,20\n", {}, /it is not clear which one holds the labels/],
  ] as const)("is refused by line: %j", async (table, options, message) => {
    const error = await open(table, options).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });
});
