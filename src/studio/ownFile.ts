// Files of a folder that may be anybody's: no link leads out of it, no pipe is waited for, nothing is read that is too
// large to be shown.

import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { READ_AT_ONCE } from "../files/read.js";

/** Most bytes that are read of a file. */
const MOST = 32 * 1024 * 1024;

/** What the system says of a plain file; `undefined` for links, folders and what it tells nothing of. */
function plainFile(path: string) {
  try {
    const found = lstatSync(path);
    return found.isFile() ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Says what stands at a path: a text that changes whenever the file does; empty where there is no plain file. */
export function stampOf(path: string): string {
  const found = plainFile(path);
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : "";
}

/** When a plain file was last written to, in milliseconds. */
export const writtenAt = (path: string): number | undefined => plainFile(path)?.mtimeMs;

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

/** So many bytes of an open file from one on, or fewer where it ends. */
function bytesFrom(file: number, from: number, most: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, most));
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
}

/** The bytes of a file; `undefined` for what is no plain file, cannot be read, or is too large. */
export const bytesOfOwn = (path: string, most = MOST): Buffer | undefined =>
  withOwn(path, (file, length) => (length > most ? undefined : bytesFrom(file, 0, length)));

/** The text of a file; `undefined` as of {@link bytesOfOwn}. */
export const readOwn = (path: string, most = MOST): string | undefined =>
  bytesOfOwn(path, most)?.toString("utf8");

/** At most so many bytes of a file from one on; none where it has ended or cannot be read. */
export const readPiece = (path: string, from: number, most: number): Buffer =>
  withOwn(path, (file, length) => bytesFrom(file, from, Math.min(length - from, most))) ??
  Buffer.alloc(0);
