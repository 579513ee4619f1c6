// Points and boxes from the rows of a table: a row for each; one without numbers says that its image has none.

import { InputError } from "../../inputError.js";
import { brief } from "../../text/words.js";
import type { Entry } from "./cells.js";
import { type Column, isBlank, isNumeric, type MarkColumns, tagOf } from "./columns.js";
import { type Mark, type MarkedFiles, THING } from "./marks.js";

/** A number of a row. */
function numberIn({ cells, line }: Entry, { name, at }: Column, table: string): number {
  if (isNumeric(cells[at])) return Number(cells[at]);
  throw new InputError(
    `${table}: line ${line}, column "${name}" is "${brief(cells[at])}"; expected a number of pixels`,
  );
}

function crowdIn({ cells, line }: Entry, { name, at }: Column, table: string): boolean {
  const crowd = isBlank(cells[at]) ? 0 : tagOf(cells[at]);
  if (crowd !== undefined) return crowd === 1;
  throw new InputError(
    `${table}: line ${line}, column "${name}" is "${cells[at]}"; expected 1 or 0`,
  );
}

/** The mark of a row; `undefined` when all its numbers are left out. */
function markOf(entry: Entry, columns: MarkColumns, table: string): Mark | undefined {
  if (columns.columns.every(({ at }) => isBlank(entry.cells[at]))) return undefined;
  const found = columns.columns.map((column) => numberIn(entry, column, table));
  const [left, top, width, height] = found;
  const source = `${table}: line ${entry.line}`;
  const name = columns.name ? entry.cells[columns.name.at].trim() : THING;
  if (name === "") throw new InputError(`${source} has no ${columns.name!.name}`);
  return {
    at: columns.extent ? [left, top, left + width, top + height] : found,
    name,
    source,
    ...(columns.crowd && { crowd: crowdIn(entry, columns.crowd, table) }),
  };
}

/**
 * What is marked in the images of a part.
 *
 * @param entries the rows of each image
 * @throws InputError for a row with some of its numbers, or without a class.
 */
export function markedRows(
  paths: readonly string[],
  entries: readonly (readonly Entry[])[],
  columns: MarkColumns,
  table: string,
): MarkedFiles["examples"] {
  return paths.map((image, at) => ({
    image,
    marks: entries[at]
      .map((entry) => markOf(entry, columns, table))
      .filter((mark) => mark !== undefined),
  }));
}
