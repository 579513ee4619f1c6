// Text of others, as names of classes and files, on a terminal, where it must not be taken for commands.

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
