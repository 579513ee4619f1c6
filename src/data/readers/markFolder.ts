// A folder of images with a table of the points or boxes in them: `points.csv` or `boxes.csv`, a row for each. Images
// without a row have none. Lists of names (`train.txt`, `val.txt`, `test.txt`) divide the images into parts.

import { basename, extname, join, relative, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import { suggestion } from "../../text/words.js";
import type { Part, Splits } from "../dataset.js";
import type { Entry } from "./cells.js";
import { areMarks, type Column, describeColumns, type Table, tableColumns } from "./columns.js";
import { filesByName, openTable } from "./csv.js";
import { markedRows } from "./csvMarks.js";
import { readLines } from "./files.js";
import { isImage } from "./imageFiles.js";
import { type MarkedFiles, readMarked } from "./marks.js";
import { groupNumbers, ofImageFiles, type Reader } from "./reader.js";
import { mapParts, partOf, requireTrain } from "./roles.js";

/** Names of the table, the first one that is there. */
const TABLES = ["points.csv", "dots.csv", "boxes.csv"];

/** The name of an image without its ending; a name may have dots and no ending. */
export const stemOf = (name: string): string =>
  isImage(name) ? basename(name, extname(name)) : basename(name);

/** The part that a list says an image belongs to, and where: `file: line 3`. */
export interface Listed {
  readonly part: Part;
  readonly source: string;
}

/** The part of each image by its name without ending, as lists in a folder say; `undefined` without a list for training. */
export async function partLists(folder: string): Promise<ReadonlyMap<string, Listed> | undefined> {
  const parts = new Map<string, Listed>();
  for (const name of ["train", "val", "test"]) {
    const path = join(folder, `${name}.txt`);
    for (const [at, line] of ((await readLines(path)) ?? []).entries()) {
      const stem = stemOf(line.trim());
      if (stem === "") continue;
      const [part, twin] = [partOf(name)!, parts.get(stem)];
      const source = `${path}: line ${at + 1}`;
      if (twin !== undefined && twin.part !== part) {
        throw new InputError(`${source} names "${stem}", which is listed for ${twin.part} too`);
      }
      parts.set(stem, { part, source });
    }
  }
  return [...parts.values()].some(({ part }) => part === "train") ? parts : undefined;
}

/** The rows of each image by its file. */
function rowsOf({ path, rows }: Table, column: Column, files: ReadonlyMap<string, string>) {
  const found = new Map<string, Entry[]>();
  for (const entry of rows) {
    const name = entry.cells[column.at];
    const file = files.get(name);
    if (file === undefined) {
      throw new InputError(
        `${path}: line ${entry.line} has the image "${name}", which is not there` +
          suggestion(name, [...files.keys()]),
      );
    }
    const entries = found.get(file) ?? [];
    entries.push(entry);
    found.set(file, entries);
  }
  return found;
}

/** The part of an image: as its row says, or the lists; without either all are for training. */
function partFor(
  file: string,
  entries: readonly Entry[],
  split: Column | undefined,
  lists: ReadonlyMap<string, Listed> | undefined,
): Part | undefined {
  const said = split && entries.length > 0 ? entries[0].cells[split.at] : undefined;
  if (said !== undefined) return partOf(said);
  return lists ? lists.get(stemOf(file))?.part : "train";
}

/** A folder of images and a table of marks. */
export const markFolder: Reader = {
  name: "marked folder",
  reads:
    "a folder of images with points.csv or boxes.csv, a row for each point or box, perhaps train.txt, val.txt and test.txt",
  heeds: [...ofImageFiles, "columns", "classes"],
  kinds: ["points", "boxes"],
  matches: ({ entries }) => TABLES.some((name) => entries?.includes(name)),
  async read({ path, entries }, options): Promise<Splits> {
    const table = await openTable(join(path, TABLES.find((name) => entries!.includes(name))!));
    const columns = tableColumns(table, options);
    const { labels, split, groups } = columns;
    if (!areMarks(labels)) {
      throw new InputError(
        `${table.path}: line 1 has the columns ${table.header.join(", ")}; expected those of points (x, y) or of ` +
          "boxes (left, top, right, bottom), or their names by --columns x=COLUMN,y=COLUMN",
      );
    }
    const files = await filesByName(path);
    const rows = rowsOf(table, columns.path, files);
    const lists = await partLists(path);
    const parts: Partial<Record<Part, { paths: string[]; entries: Entry[][] }>> = {};
    const left: string[] = [];
    for (const file of [...new Set(files.values())].sort()) {
      const own = rows.get(file) ?? [];
      const part = partFor(file, own, split, lists);
      if (part === undefined) {
        left.push(file);
        continue;
      }
      parts[part] ??= { paths: [], entries: [] };
      parts[part].paths.push(file);
      parts[part].entries.push(own);
    }
    const present = requireTrain(parts, options.known !== undefined, path);
    const numbers = groupNumbers();
    const marked = mapParts(
      present,
      (part): MarkedFiles => ({
        examples: markedRows(part.paths, part.entries, labels, table.path),
        ...(groups && {
          groups: numbers(part.entries.map(([first]) => first?.cells[groups.at] ?? "")),
        }),
      }),
    );
    const name = options.name ?? basename(resolve(path));
    const splits = await readMarked(name, marked, labels, table.path, options);
    const notes = [`${table.path}: ${describeColumns(columns)}`];
    if (left.length > 0) {
      const unlisted = `that no list names, as ${relative(path, left[0])}`;
      notes.push(`left out of ${path}: ${counted(left.length, "image")} ${unlisted}`);
    }
    return { ...splits, notes: [...notes, ...splits.notes!] };
  },
};
