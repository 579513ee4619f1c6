// Tables of numbers as a run writes them, while it may be writing.

import type { NumberTable } from "./api.js";

function cell(text: string): number | null {
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/**
 * A table of numbers with a line of names; a last line without an end is still being written and left out, and so are lines
 * with other than as many cells as names.
 *
 * @param wanted names of the columns that are kept; default all
 * @example
 * parseNumbers("epoch,loss\n1,0.5\n2,\n3"); // { columns: ["epoch", "loss"], rows: [[1, 0.5], [2, null]] }
 */
export function parseNumbers(text: string, wanted?: readonly string[]): NumberTable | null {
  const [header, ...lines] = text.split("\n").slice(0, -1);
  if (!header) return null;
  const names = header.split(",");
  const known = new Map(names.map((name, at) => [name, at]));
  const columns = wanted?.filter((name) => known.has(name)) ?? names;
  const places = wanted ? columns.map((name) => known.get(name)!) : names.map((_, at) => at);
  const rows = lines
    .map((line) => line.split(","))
    .filter((cells) => cells.length === names.length)
    .map((cells) => places.map((at) => cell(cells[at])));
  return { columns, rows };
}

/** A column by its name; nulls where there is none. */
export function columnOf({ columns, rows }: NumberTable, name: string): (number | null)[] {
  const at = columns.indexOf(name);
  return rows.map((row) => row[at] ?? null);
}
