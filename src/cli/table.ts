// Tables for people: columns as wide as their longest cell, numbers to the right and in one form.

import { printable } from "../text/printable.js";

/** A cell; numbers are set to the right. */
export type Cell = string | number;

/** Whole numbers grouped; two decimals for a column that holds others. */
function column(cells: readonly Cell[]): string[] {
  const whole = cells.every((cell) => typeof cell === "string" || Number.isInteger(cell));
  const digits = { minimumFractionDigits: whole ? 0 : 2, maximumFractionDigits: whole ? 0 : 2 };
  return cells.map((cell) =>
    typeof cell === "number" ? cell.toLocaleString("en-US", digits) : cell,
  );
}

/** Lines of a table with a header and a rule under it. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const columns = header.map((title, at) => {
    const cells = [title, ...column(rows.map((row) => row[at]))].map(printable);
    const width = cells.reduce((most, { length }) => Math.max(most, length), 0);
    const toTheRight = typeof rows[0]?.[at] === "number";
    const padded = cells.map((cell) => (toTheRight ? cell.padStart(width) : cell.padEnd(width)));
    return [padded[0], "-".repeat(width), ...padded.slice(1)];
  });
  return columns[0].map((_, line) =>
    columns
      .map((cells) => cells[line])
      .join("  ")
      .trimEnd(),
  );
}
