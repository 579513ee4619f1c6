// Columns of the tables that the server sends.

import type { NumberTable } from "../../src/studio/api.js";

type Column = (number | null)[];

/** A column by its name; empty where there is none. */
export function column(table: NumberTable | null | undefined, name: string): Column {
  const at = table?.columns.indexOf(name) ?? -1;
  return at < 0 ? [] : table!.rows.map((row) => row[at]);
}

/** Values of a column by row of one column and series of another: losses by epoch, a list for each net. */
export interface Grouped {
  readonly x: readonly number[];
  readonly series: ReadonlyMap<number, Column>;
}

/**
 * Splits a table with a row for each thing and epoch.
 *
 * @param by the column that tells things apart, as `particle`
 */
export function grouped(table: NumberTable | null | undefined, by: string, name: string): Grouped {
  const epochs = column(table, "epoch");
  const things = column(table, by);
  const values = column(table, name);
  const x = [...new Set(epochs)].filter((epoch) => epoch !== null);
  const at = new Map(x.map((epoch, place) => [epoch, place]));
  const series = new Map<number, Column>();
  for (const [row, thing] of things.entries()) {
    const place = at.get(epochs[row] ?? Number.NaN);
    if (thing === null || place === undefined) continue;
    if (!series.has(thing)) series.set(thing, new Array(x.length).fill(null));
    series.get(thing)![place] = values[row] ?? null;
  }
  return { x, series };
}
