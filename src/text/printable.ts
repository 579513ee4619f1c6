// Text of others, as names of classes and files, where it must not be taken for commands: on a terminal, and in
// the cells of a spreadsheet.

/** Control characters (C0, DEL, C1), line separators, and what turns the direction of writing. */
const COMMANDS = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * Text without anything that a terminal obeys; such characters are written as in JSON.
 *
 * @example
 * printable("cat\u001b[2J"); // "cat\\u001b[2J"
 */
export const printable = (text: string): string => text.replace(COMMANDS, escaped);

/** The same, line by line. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");

/** What makes a spreadsheet take a cell for a formula, in either width. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * A cell of a CSV table with text of others. One that a spreadsheet would take for a formula, as it begins with
 * `=`, `+`, `-`, `@`, a tab or a return and is no number, gets an apostrophe in front (as OWASP advises on CSV
 * injection); then it is quoted where commas, quotes or line ends ask for it (RFC 4180).
 *
 * @example
 * csvText("=1+1"); // "'=1+1"
 * csvText("-1"); // "-1"
 * csvText('a, "b"'); // '"a, ""b"""'
 */
export function csvText(text: string): string {
  const isFormula = FORMULA.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
