// A CSV table of image files: a column of paths (from the table's folder), columns of labels, and perhaps one of the
// part and one of the group. Which is which is said by the titles or by `--columns`.

import { basename, dirname, relative, resolve } from "node:path";
import { firstDamagedLine } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import { parseCsv } from "../../text/csv.js";
import type { Grouping, Part, Splits } from "../dataset.js";
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
import { readBytes } from "./files.js";
import { type ImageFiles, isImage, readImages } from "./imageFiles.js";
import { imageNames } from "./imageNames.js";
import { readMarked } from "./marks.js";
import { type MaskedFiles, maskFile, readMasked } from "./masks.js";
import { groupNumbers, ofImageFiles, type Reader, type ReadOptions } from "./reader.js";
import { mapParts, type Parts, requireTrain } from "./roles.js";
import { partOfRows } from "./splitColumn.js";

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

/** Where the images of rows lie: as the table says, else wherever below its folder a file has that name. */
async function locate({ path, rows }: Table, column: Column) {
  const folder = dirname(path);
  const given = rows.map(({ cells, line }) => {
    if (cells[column.at] !== "") return cells[column.at];
    throw new InputError(`${path}: line ${line} has no path`);
  });
  const plain = given.map((name) => resolve(folder, name));
  if (given.every((name) => isImage(name) && name.includes("/"))) return { found: plain };
  const names = await imageNames(folder);
  const known = new Set(names.files);
  const found = given.map((name, at) =>
    known.has(plain[at])
      ? plain[at]
      : (names.find(name, `${path}: line ${rows[at].line}`) ?? plain[at]),
  );
  const other = found.find((file, at) => file !== plain[at]);
  const where = other && relative(folder, dirname(other));
  return { found, ...(other && { note: `images are found by their names in ${where || "."}/` }) };
}

/** An image and its rows. */
interface ImageRows {
  readonly file: string;
  readonly entries: Entry[];
}

/**
 * Rows by part, of which an image has one. Rows of tags in words, points or boxes come together by image, whatever they
 * call it; all others stand for one each.
 */
function rowsByPart(
  { path, rows }: Table,
  files: readonly string[],
  { labels, split }: TableColumns,
): Partial<Record<Part, ImageRows[]>> {
  const joins = labels.kind === "words" || areMarks(labels);
  const byFile = new Map<string, Entry[]>();
  for (const [at, entry] of rows.entries()) {
    const same = byFile.get(files[at]);
    if (same) same.push(entry);
    else byFile.set(files[at], [entry]);
  }
  const partOf = new Map<string, Part>();
  if (split) {
    for (const [file, entries] of byFile) partOf.set(file, partOfRows(entries, split, path, file));
  }
  const images: ImageRows[] = joins
    ? Array.from(byFile, ([file, entries]) => ({ file, entries }))
    : rows.map((entry, at) => ({ file: files[at], entries: [entry] }));
  const parts: Partial<Record<Part, ImageRows[]>> = {};
  for (const image of images) {
    const part = partOf.get(image.file) ?? "train";
    parts[part] ??= [];
    parts[part].push(image);
  }
  return parts;
}

/** Refuses several classes of one image, as long as nobody has said that it has but one. */
function refuseSeveral(
  parts: Partial<Record<Part, ImageRows[]>>,
  { labels, path: { at } }: TableColumns,
  table: string,
) {
  if (labels.kind !== "class") return;
  for (const images of Object.values(parts)) {
    const first = new Map<string, Entry>();
    for (const {
      file,
      entries: [entry],
    } of images) {
      const other = first.get(file) ?? entry;
      first.set(file, other);
      const [was, is] = [other, entry].map(({ cells }) => cells[labels.column.at]);
      if (was === is) continue;
      throw new InputError(
        `${table}: line ${entry.line} has ${entry.cells[at]} with ${labels.column.name} "${is}", line ${other.line} with ` +
          `"${was}"; if an image has any number of them, say --task tags`,
      );
    }
  }
}

/** Image files of one part, and the rows that tell of each. */
interface PartRows extends Partial<Grouping> {
  readonly paths: readonly string[];
  readonly entries: Rows;
}

/** The parts of a table, with the groups of their images. */
function partsOf(rows: Parts<ImageRows[]>, { groups }: TableColumns): Parts<PartRows> {
  const numbers = groupNumbers();
  return mapParts(rows, (images): PartRows => {
    const entries = images.map((image) => image.entries);
    return {
      paths: images.map(({ file }) => file),
      entries,
      ...(groups && numbers(entries.map(([{ cells }]) => cells[groups.at]))),
    };
  });
}

/** Each image of a part with the mask that its row names, seen from the table's folder. */
function masked(
  { paths, entries, ...grouping }: PartRows,
  column: Column,
  table: string,
): MaskedFiles {
  const examples = entries.map(([{ cells, line }], at) => {
    const mask = cells[column.at];
    if (mask === "") throw new InputError(`${table}: line ${line} has no ${column.name}`);
    return { image: paths[at], mask: maskFile(resolve(dirname(table), mask)) };
  });
  return { examples, ...grouping };
}

/** The data set of a table. */
export async function readTable(table: Table, options: ReadOptions): Promise<Splits> {
  const { path } = table;
  const columns = tableColumns(table, options);
  const { labels } = columns;
  const { found, note } = await locate(table, columns.path);
  const rows = requireTrain(rowsByPart(table, found, columns), options.known !== undefined, path);
  const parts = partsOf(rows, columns);
  const name = options.name ?? basename(path, ".csv");
  const understood = [`${path}: ${describeColumns(columns)}`, ...(note ? [note] : [])];
  if (labels.kind === "mask") {
    const files = mapParts(parts, (part) => masked(part, labels.column, path));
    const splits = await readMasked(name, files, path, options);
    return { ...splits, notes: [...understood, ...splits.notes!] };
  }
  if (areMarks(labels)) {
    const files = mapParts(parts, ({ paths, entries, ...grouping }) => ({
      examples: markedRows(paths, entries, labels, path),
      ...grouping,
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
    "a .csv file with a column of paths and columns of labels, tags, values, masks, texts, points or boxes, perhaps split and group",
  heeds: [...ofImageFiles, "columns", "classes"],
  matches: ({ path, entries }) => entries === undefined && /\.csv$/i.test(path),
  read: async ({ path }, options) => readTable(await openTable(path), options),
};
