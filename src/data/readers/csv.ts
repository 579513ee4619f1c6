// A CSV table of image files: columns `path` (from the table's folder), `label` and perhaps `split`
// (train, val, test). Quotes as in RFC 4180.

import { basename, dirname, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import { suggestion } from "../../text/words.js";
import type { Splits } from "../dataset.js";
import { readBytes } from "./files.js";
import { type ImageFiles, type ImageParts, readImages } from "./imageFiles.js";
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

interface Row {
  readonly cells: readonly string[];
  /** Line of the file on which it starts, from 1. */
  readonly line: number;
}

/** Rows of a table; empty lines are left out. Throws for a quote that is not closed. */
export function parseCsv(text: string, path: string): Row[] {
  const rows: Row[] = [];
  // A cell is quoted or plain and ends with a comma, a line's end or the end.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  while (cell.lastIndex < text.length) {
    const from = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) {
      throw new InputError(
        `${path}: line ${line}: cannot read ${JSON.stringify(text.slice(from, from + 20))}; ` +
          "expected a cell, in double quotes when it holds a comma or a quote",
      );
    }
    const [all, quoted, plain, end] = match;
    cells.push(quoted?.replaceAll('""', '"') ?? plain.trim());
    line += all.split("\n").length - 1;
    if (end === ",") continue;
    if (cells.length > 1 || cells[0] !== "") rows.push({ cells, line: start });
    cells = [];
    start = line;
  }
  if (cells.length > 0) rows.push({ cells: [...cells, ""], line: start });
  return rows;
}

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

function entriesOf([header, ...rows]: readonly Row[], path: string): Entry[] {
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
  const parts: Partial<Record<Split, { paths: string[]; of: number[] }>> = {};
  for (const { path: file, label, part, line } of entries) {
    const number = labels.get(label);
    if (number === undefined) {
      throw new InputError(
        `${path}: line ${line} has label "${label}", which no training row has` +
          `${suggestion(label, classes)}`,
      );
    }
    parts[part] ??= { paths: [], of: [] };
    parts[part].paths.push(file);
    parts[part].of.push(number);
  }
  const filesOf = ({ paths, of }: { paths: string[]; of: number[] }): ImageFiles => ({
    paths,
    labels: { kind: "class", of: Int32Array.from(of), classes },
  });
  return {
    train: filesOf(parts.train!),
    ...(parts.selection && { selection: filesOf(parts.selection) }),
    ...(parts.test && { test: filesOf(parts.test) }),
  };
}

/** A table of image files, decoded to squares. */
export const csv: Reader = {
  name: "csv",
  reads: "a .csv file with the columns path, label and perhaps split",
  matches: ({ path, entries }) => entries === undefined && /\.csv$/i.test(path),
  async read({ path }, options): Promise<Splits> {
    const text = new TextDecoder().decode(await readBytes(path)).replace(/^\uFEFF/, "");
    const parts = partsOf(entriesOf(parseCsv(text, path), path), path);
    return readImages({ name: options.name ?? basename(path, ".csv"), ...parts }, options);
  },
};
