// Files of a folder that may be anybody's: no link leads out of it, no pipe is waited for, nothing is read that is too
// large to be shown.

import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { READ_AT_ONCE } from "../files/read.js";

/** Most bytes that are read of a file. */
const MOST = 32 * 1024 * 1024;

/** Says what stands at a path: a text that changes whenever the file does; empty where there is no plain file. */
export function stampOf(path: string): string {
  try {
    const found = lstatSync(path);
    return found.isFile() ? `${found.ino} ${found.size} ${found.mtimeMs}` : "";
  } catch {
    return "";
  }
}

/** Opens a plain file, tells `use` its length, and closes it; `undefined` where there is none to be read. */
function withOwn<T>(path: string, use: (file: number, length: number) => T): T | undefined {
  let file: number;
  try {
    file = openSync(path, READ_AT_ONCE | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return undefined;
  }
  try {
    const found = fstatSync(file);
    return found.isFile() ? use(file, found.size) : undefined;
  } finally {
    closeSync(file);
  }
}

/** The text of a file from a byte on; `undefined` for what is no plain file, cannot be read, or is too large. */
export function readOwn(path: string, from = 0, most = MOST): string | undefined {
  return withOwn(path, (file, length) => {
    const size = length - from;
    if (from === 0 && size > most) return undefined;
    const bytes = Buffer.alloc(Math.max(0, Math.min(size, most)));
    const read = readSync(file, bytes, 0, bytes.length, from);
    return bytes.toString("utf8", 0, read);
  });
}
