// A CSV table of image files: a column of paths (from the table's folder), columns of labels, and perhaps one of the
// part and one of the group. Which is which is said by the titles or by `--columns`.

import { basename, dirname, extname, relative, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import { parseCsv } from "../../text/csv.js";
import type { Part, Splits } from "../dataset.js";
import { type Entry, labelMaker, type Rows } from "./cells.js";
import {
  areMarks,
  type Column,
  describeColumns,
  type Table,
  type TableColumns,
  tableColumns,
} from "./columns.js";
import { markedRows } from "./csvMarks.js";
import { firstDamagedLine, readBytes } from "./files.js";
import { filesBelow } from "./folders.js";
import { type ImageFiles, isImage, readImages } from "./imageFiles.js";
import { readMarked } from "./marks.js";
import { type MaskedFiles, readMasked } from "./masks.js";
import { groupNumbers, ofImageFiles, type Reader, type ReadOptions } from "./reader.js";
import { expectedParts, mapParts, PARTS, type Parts, partOf, requireTrain } from "./roles.js";

/** The text of a table, which must be UTF-8. */
function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const line = firstDamagedLine(bytes);
    throw new InputError(
      `${path}: line ${line} is not UTF-8, so names would be lost; save the table as UTF-8 ` +
        "(spreadsheets call it CSV UTF-8)",
    );
  }
}

function tableOf(text: string, path: string): Table {
  const [header, ...rows] = parseCsv(text, path);
  const titles = header?.cells ?? [];
  for (const { cells, line } of rows) {
    if (cells.length === titles.length) continue;
    throw new InputError(
      `${path}: line ${line} has ${cells.length} cells; expected ${titles.length}`,
    );
  }
  if (titles.length > 0 && rows.length === 0) {
    throw new InputError(`${path} has a header and no rows; expected one for each image`);
  }
  return { path, header: titles, rows };
}

/** Rows of one image in one part. */
interface ImageRows {
  readonly path: string;
  readonly entries: Entry[];
}

/** Rows by part. Rows of tags in words, points or boxes come together by image; all others stand for one each. */
function rowsByPart(
  { path, rows }: Table,
  columns: TableColumns,
): Partial<Record<Part, ImageRows[]>> {
  const joins = columns.labels.kind === "words" || areMarks(columns.labels);
  const parts: Partial<Record<Part, ImageRows[]>> = {};
  const seen = new Map<string, ImageRows>();
  for (const entry of rows) {
    const { cells, line } = entry;
    const file = cells[columns.path.at];
    if (file === "") throw new InputError(`${path}: line ${line} has no path`);
    const split = columns.split && cells[columns.split.at];
    const part = split === undefined ? "train" : partOf(split);
    if (part === undefined) {
      throw new InputError(`${path}: line ${line} has split "${split}"; expected ${expectedParts}`);
    }
    const key = `${part} ${file}`;
    const same = joins ? seen.get(key) : undefined;
    if (same) {
      same.entries.push(entry);
      continue;
    }
    const image = { path: file, entries: [entry] };
    seen.set(key, image);
    parts[part] ??= [];
    parts[part].push(image);
  }
  return parts;
}

/** Image files of a folder by the names that tables use: the path, with or without its ending, and the bare name. */
export async function filesByName(folder: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const file of await filesBelow(folder)) {
    if (!isImage(basename(file))) continue;
    const name = relative(folder, file);
    const short = name.slice(0, -extname(name).length);
    for (const key of [name, short, basename(name), basename(short)]) {
      if (!names.has(key)) names.set(key, resolve(file));
    }
  }
  return names;
}

/** Where the images lie: as the table says, else wherever below its folder a file has that name. */
async function locate(paths: readonly string[], table: string) {
  const folder = dirname(table);
  const plain = paths.map((path) => resolve(folder, path));
  if (paths.every((path) => isImage(path) && path.includes("/"))) return { found: plain };
  const names = await filesByName(folder);
  const known = new Set(names.values());
  const found = paths.map((path, at) =>
    known.has(plain[at]) ? plain[at] : (names.get(path) ?? plain[at]),
  );
  const other = found.find((path, at) => path !== plain[at]);
  const where = other && relative(folder, dirname(other));
  return { found, ...(other && { note: `images are found by their names in ${where || "."}/` }) };
}

/** Refuses several classes of one image, as long as nobody has said that it has but one. */
function refuseSeveral(
  parts: Partial<Record<Part, ImageRows[]>>,
  columns: TableColumns,
  table: string,
) {
  const { labels } = columns;
  if (labels.kind !== "class") return;
  for (const images of Object.values(parts)) {
    const first = new Map<string, Entry>();
    for (const {
      path,
      entries: [entry],
    } of images) {
      const other = first.get(path) ?? entry;
      first.set(path, other);
      const [was, is] = [other, entry].map(({ cells }) => cells[labels.column.at]);
      if (was === is) continue;
      throw new InputError(
        `${table}: line ${entry.line} has ${path} with ${labels.column.name} "${is}", line ${other.line} with ` +
          `"${was}"; if an image has any number of them, say --task tags`,
      );
    }
  }
}

/** Image files of one part, and the rows that tell of each. */
interface PartRows {
  readonly paths: readonly string[];
  readonly entries: Rows;
  readonly groups?: Int32Array;
}

/** The parts of a table, and notes on where its images were found. */
async function partsOf(rows: Parts<ImageRows[]>, { groups }: TableColumns, table: string) {
  const numbers = groupNumbers();
  const notes = new Set<string>();
  const parts: Partial<Record<Part, PartRows>> = {};
  for (const part of PARTS) {
    const own = rows[part];
    if (!own) continue;
    const located = await locate(
      own.map((row) => row.path),
      table,
    );
    if (located.note) notes.add(located.note);
    const entries = own.map((row) => row.entries);
    parts[part] = {
      paths: located.found,
      entries,
      ...(groups && { groups: numbers(entries.map(([{ cells }]) => cells[groups.at])) }),
    };
  }
  return { parts: { ...parts, train: parts.train! }, notes: [...notes] };
}

/** Each image of a part with the mask that its row names, seen from the table's folder. */
function masked({ paths, entries, groups }: PartRows, column: Column, table: string): MaskedFiles {
  const examples = entries.map(([{ cells, line }], at) => {
    const mask = cells[column.at];
    if (mask === "") throw new InputError(`${table}: line ${line} has no ${column.name}`);
    return { image: paths[at], mask: resolve(dirname(table), mask) };
  });
  return { examples, ...(groups && { groups }) };
}

async function readTable(table: Table, options: ReadOptions): Promise<Splits> {
  const { path } = table;
  const columns = tableColumns(table, options);
  const { labels } = columns;
  const rows = requireTrain(rowsByPart(table, columns), options.known !== undefined, path);
  const { parts, notes } = await partsOf(rows, columns, path);
  const name = options.name ?? basename(path, ".csv");
  const understood = [`${path}: ${describeColumns(columns)}`, ...notes];
  if (labels.kind === "mask") {
    const files = mapParts(parts, (part) => masked(part, labels.column, path));
    const splits = await readMasked(name, files, path, options);
    return { ...splits, notes: [...understood, ...splits.notes!] };
  }
  if (areMarks(labels)) {
    const files = mapParts(parts, ({ paths, entries, groups }) => ({
      examples: markedRows(paths, entries, labels, path),
      ...(groups && { groups }),
    }));
    const splits = await readMarked(name, files, labels, path, options);
    return { ...splits, notes: [...understood, ...splits.notes!] };
  }
  const make = labelMaker(labels, parts.train.entries, options, path);
  if (options.kind === undefined) refuseSeveral(rows, columns, path);
  const files = mapParts(
    parts,
    ({ entries, ...rest }): ImageFiles => ({
      ...rest,
      labels: make(entries),
    }),
  );
  return readImages({ name, ...files, notes: understood }, options);
}

/** A table from its file. */
export const openTable = async (path: string): Promise<Table> =>
  tableOf(decodeText(await readBytes(path), path), path);

/** A table of image files. */
export const csv: Reader = {
  name: "csv",
  reads:
    "a .csv file with a column of paths and columns of labels, tags, values, masks, points or boxes, perhaps split and group",
  heeds: [...ofImageFiles, "columns", "classes"],
  matches: ({ path, entries }) => entries === undefined && /\.csv$/i.test(path),
  read: async ({ path }, options) => readTable(await openTable(path), options),
};
