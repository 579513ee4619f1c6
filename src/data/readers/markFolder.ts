// A folder of images with a table of the points or boxes in them: `points.csv` or `boxes.csv`, a row for each. Images
// without a row have none. Lists of names (`train.txt`, `val.txt`, `test.txt`) divide the images into parts.

import { basename, join, relative, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import type { Part, Splits } from "../dataset.js";
import type { Entry } from "./cells.js";
import { areMarks, type Column, describeColumns, type Table, tableColumns } from "./columns.js";
import { openTable } from "./csv.js";
import { markedRows } from "./csvMarks.js";
import { type ImageNames, imageNames } from "./imageNames.js";
import { type MarkedFiles, readMarked } from "./marks.js";
import { aboutOthers, listedPart, partLists } from "./partLists.js";
import { groupNumbers, ofImageFiles, type Reader } from "./reader.js";
import { mapParts, requireTrain } from "./roles.js";
import { partOfRows } from "./splitColumn.js";

/** Names of the table, the first one that is there. */
const TABLES = ["points.csv", "dots.csv", "boxes.csv"];

/** The rows of each image by its file. */
function rowsOf({ path, rows }: Table, column: Column, images: ImageNames) {
  const found = new Map<string, Entry[]>();
  for (const entry of rows) {
    const file = images.get(entry.cells[column.at], `${path}: line ${entry.line}`);
    const entries = found.get(file) ?? [];
    entries.push(entry);
    found.set(file, entries);
  }
  return found;
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
    const images = await imageNames(path);
    const rows = rowsOf(table, columns.path, images);
    const lists = partLists(path, images);
    const parts: Partial<Record<Part, { paths: string[]; entries: Entry[][] }>> = {};
    const unlisted: string[] = [];
    for (const file of images.files) {
      const own = rows.get(file) ?? [];
      const said = split && own.length > 0 ? partOfRows(own, split, table.path, file) : undefined;
      const part = said ?? (lists ? listedPart(lists, file) : "train");
      if (said === undefined && !(lists?.listed.has(file) ?? true)) unlisted.push(file);
      if (part === undefined) continue;
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
        ...(groups && numbers(part.entries.map(([first]) => first?.cells[groups.at] ?? ""))),
      }),
    );
    const name = options.name ?? basename(resolve(path));
    const splits = await readMarked(name, marked, labels, table.path, options);
    const notes = [`${table.path}: ${describeColumns(columns)}`];
    const empty = images.files.filter((file) => !rows.has(file)).length;
    if (groups && empty > 0) {
      notes.push(
        `${table.path}: ${counted(empty, "image")} without a row, all as of one ${groups.name}; rows without numbers would ` +
          "tell of which",
      );
    }
    if (lists && unlisted.length > 0) {
      const example = relative(path, unlisted[0]);
      notes.push(`${path}: ${aboutOthers(lists, unlisted.length)}, as ${example}`);
    }
    return { ...splits, notes: [...notes, ...splits.notes!] };
  },
};
