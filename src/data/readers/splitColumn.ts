// The column of a table that says the part of each image.

import { InputError } from "../../inputError.js";
import type { Part } from "../dataset.js";
import type { Entry } from "./cells.js";
import type { Column } from "./columns.js";
import { expectedParts, partOf } from "./roles.js";

/**
 * The part that the rows of an image say, of which there is at least one.
 *
 * @param table its path, for messages
 * @param image its path, for messages
 * @throws InputError for a word that is no part, and for rows that say two.
 */
export function partOfRows(
  entries: readonly Entry[],
  { at }: Column,
  table: string,
  image: string,
): Part {
  const [first] = entries;
  const said = entries.map(({ cells, line }) => {
    const part = partOf(cells[at]);
    if (part !== undefined) return part;
    throw new InputError(
      `${table}: line ${line} has split "${cells[at]}"; expected ${expectedParts}`,
    );
  });
  const other = entries.find((_, k) => said[k] !== said[0]);
  if (other === undefined) return said[0];
  throw new InputError(
    `${table}: line ${other.line} has split "${other.cells[at]}" for an image that line ${first.line} has for ` +
      `"${first.cells[at]}" (${image}); expected one part for each image`,
  );
}
