// Tables as CSV, written and read (RFC 4180). What is written is read back as it was.

import { InputError } from "../inputError.js";

/** What a cell is made of; what is not there, and numbers that are not finite, leave it empty. */
export type CsvValue = string | number | boolean | null | undefined;

/** A line of a table, or several where a cell holds line ends. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Line of the file on which it starts, from 1. */
  readonly line: number;
}

/** Plain, a cell would lose its blanks, end early, or hide that there is a row at all. */
const needsQuotes = (text: string, alone: boolean) =>
  /[",\r\n]|^[\s\uFEFF]|\s$/.test(text) || (alone && text === "");

/** A text that a spreadsheet would work out instead of showing, with the apostrophes before it. */
const formula = /^'*[=+\-@\t\r]/;

/**
 * A text that no spreadsheet takes for a formula: with an apostrophe before `=`, `+`, `-`, `@`, tab or carriage
 * return, and one more where apostrophes stand before them already, so that different texts stay different.
 * Meant for texts that came with somebody's data (names of classes and files) in tables that people open; numbers
 * and tables for programs stay as they are.
 *
 * @example
 * spreadsheetSafe('=HYPERLINK("http://a.example")'); // `'=HYPERLINK("http://a.example")`
 * spreadsheetSafe("ankle-boot"); // "ankle-boot"
 */
export const spreadsheetSafe = (text: string): string => (formula.test(text) ? `'${text}` : text);

/**
 * The text that {@link spreadsheetSafe} was given.
 *
 * @example
 * spreadsheetPlain("'=a"); // "=a"
 */
export const spreadsheetPlain = (text: string): string =>
  text.startsWith("'") && formula.test(text) ? text.slice(1) : text;

function cellOf(value: CsvValue, alone: boolean): string {
  if (typeof value === "number" && !Number.isFinite(value)) return cellOf(undefined, alone);
  const text = String(value ?? "");
  return needsQuotes(text, alone) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * One row, without its line end. Numbers are written in full.
 *
 * @example
 * csvRow(["a,b", 0.5, undefined, Number.NaN]); // '"a,b",0.5,,'
 */
export const csvRow = (values: readonly CsvValue[]): string =>
  values.map((value) => cellOf(value, values.length === 1)).join(",");

/**
 * A whole table: the names of its columns and its rows, of one cell at least.
 *
 * @example
 * toCsv(["epoch", "loss"], [[1, 0.25]]); // "epoch,loss\n1,0.25\n"
 */
export const toCsv = (columns: readonly string[], rows: readonly (readonly CsvValue[])[]): string =>
  [columns, ...rows].map((row) => `${csvRow(row)}\n`).join("");

/**
 * Rows of a table; a byte order mark and empty lines are left out, and so are blanks around a cell without quotes.
 *
 * @param source name for messages
 * @throws InputError with the line, for a quote that is not closed or stands inside a cell without quotes.
 * @example
 * parseCsv('path,label\n"a, b.png",cat\n', "set.csv")[1]; // { cells: ["a, b.png", "cat"], line: 2 }
 */
export function parseCsv(text: string, source: string): CsvRow[] {
  const rows: CsvRow[] = [];
  // A cell is quoted or plain and ends with a comma, a line's end or the end.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n?|\n|$)/y;
  cell.lastIndex = text.startsWith("\uFEFF") ? 1 : 0;
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  while (cell.lastIndex < text.length) {
    const from = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) {
      throw new InputError(
        `${source}: line ${line}: cannot read ${JSON.stringify(text.slice(from, from + 20))}; ` +
          "expected a cell, in double quotes when it holds a comma or a quote",
      );
    }
    const [all, quoted, plain, end] = match;
    cells.push(quoted?.replaceAll('""', '"') ?? plain.trim());
    line += all.match(/\r\n?|\n/g)?.length ?? 0;
    if (end === ",") continue;
    const empty = cells.length === 1 && quoted === undefined && cells[0] === "";
    if (!empty) rows.push({ cells, line: start });
    cells = [];
    start = line;
  }
  // The text ended behind a comma: one more cell, without anything in it.
  if (cells.length > 0) rows.push({ cells: [...cells, ""], line: start });
  return rows;
}
