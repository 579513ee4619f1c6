// Lines that fit the terminal: what matters less is left out of them before anything is cut.

import type { Stream } from "./console.js";

/** Columns where nothing says how many there are. */
const COLUMNS = 80;

/** The longest line that does not wrap. */
export const widthOf = ({ columns }: Pick<Stream, "columns">): number => (columns || COLUMNS) - 1;

/** A part of a line. */
export interface Part {
  readonly text: string;
  /** Parts of the highest rank are left out first; those of none stay. */
  readonly rank?: number;
  /** What becomes of it when it is shown: a colour. */
  readonly style?: (text: string) => string;
}

const lengthOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { text }) => sum + text.length, 2 * (parts.length - 1));

/** The parts that have a text and fit a width, two spaces between them. */
export function fitting(parts: readonly Part[], width: number): string {
  let shown = parts.filter(({ text }) => text !== "");
  while (lengthOf(shown) > width) {
    const rank = Math.max(...shown.map(({ rank = 0 }) => rank));
    if (rank === 0) break;
    shown = shown.filter((part) => part.rank !== rank);
  }
  return shown.map(({ text, style = (plain) => plain }) => style(text)).join("  ");
}
