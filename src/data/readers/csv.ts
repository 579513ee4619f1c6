// A CSV table of image files: columns `path` (from the table's folder), `label` and perhaps `split`
// (train, val, test).

import { basename, dirname, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import { type CsvRow, parseCsv } from "../../text/csv.js";
import { suggestion } from "../../text/words.js";
import type { Splits } from "../dataset.js";
import { readBytes } from "./files.js";
import { type ImageFile, type ImageParts, readImages } from "./imageFiles.js";
import { type Reader, requireTwoClasses } from "./reader.js";

type Split = "train" | "selection" | "test";

/** What a cell of column `split` means. */
const splitNames: Readonly<Record<string, Split>> = {
  train: "train",
  training: "train",
  val: "selection",
  valid: "selection",
  validation: "selection",
  selection: "selection",
  test: "test",
};

/** Positions of the columns. */
function columnsOf(header: readonly string[], path: string) {
  const find = (name: string) => header.findIndex((cell) => cell.toLowerCase() === name);
  const columns = { path: find("path"), label: find("label"), split: find("split") };
  if (columns.path >= 0 && columns.label >= 0) return columns;
  throw new InputError(
    `${path}: line 1 has the columns ${header.join(", ")}; expected path, label and perhaps split`,
  );
}

/** Names in order: of numbers if all are, else of letters. */
function sortClasses(names: Iterable<string>): string[] {
  const unique = [...new Set(names)];
  const numbers = unique.every((name) => /^\d+$/.test(name));
  return numbers ? unique.sort((a, b) => Number(a) - Number(b)) : unique.sort();
}

/** A row with its cells by meaning. */
interface Entry {
  readonly path: string;
  readonly label: string;
  readonly part: Split;
  readonly line: number;
}

function entriesOf([header, ...rows]: readonly CsvRow[], path: string): Entry[] {
  const columns = columnsOf(header?.cells ?? [], path);
  return rows.map(({ cells, line }) => {
    const fail = (message: string): never => {
      throw new InputError(`${path}: line ${line} ${message}`);
    };
    if (cells.length !== header.cells.length) {
      fail(`has ${cells.length} cells; expected ${header.cells.length}`);
    }
    const split = columns.split < 0 ? "train" : cells[columns.split].toLowerCase();
    const [file, label] = [cells[columns.path], cells[columns.label]];
    if (file === "") fail("has no path");
    if (label === "") fail("has no label");
    if (!Object.hasOwn(splitNames, split)) {
      fail(`has split "${split}"; expected train, val or test`);
    }
    return { path: resolve(dirname(path), file), label, part: splitNames[split], line };
  });
}

/** The files of each part. Classes are those of the training rows. */
function partsOf(entries: readonly Entry[], path: string): Omit<ImageParts, "name"> {
  const classes = sortClasses(
    entries.filter(({ part }) => part === "train").map(({ label }) => label),
  );
  requireTwoClasses(classes, `${path}: training rows`);
  const labels = new Map(classes.map((name, label) => [name, label]));
  const parts: Partial<Record<Split, ImageFile[]>> = {};
  for (const { path: file, label, part, line } of entries) {
    const number = labels.get(label);
    if (number === undefined) {
      throw new InputError(
        `${path}: line ${line} has label "${label}", which no training row has` +
          `${suggestion(label, classes)}`,
      );
    }
    parts[part] ??= [];
    parts[part].push({ path: file, label: number });
  }
  return { classes, ...parts, train: parts.train! };
}

/** A table of image files, decoded to squares. */
export const csv: Reader = {
  name: "csv",
  reads: "a .csv file with the columns path, label and perhaps split",
  matches: ({ path, entries }) => entries === undefined && /\.csv$/i.test(path),
  async read({ path }, options): Promise<Splits> {
    const text = new TextDecoder().decode(await readBytes(path));
    const parts = partsOf(entriesOf(parseCsv(text, path), path), path);
    return readImages({ name: options.name ?? basename(path, ".csv"), ...parts }, options);
  },
};
