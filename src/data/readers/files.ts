// Files as bytes, with errors that say what to do.

import { readdir, stat } from "node:fs/promises";
import { gunzip, isGzip } from "../../files/gunzip.js";
import { readWhole } from "../../files/read.js";
import type { Location } from "./reader.js";

/** Looks at a path; `undefined` when nothing is there. */
export async function locationAt(path: string): Promise<Location | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  return found.isDirectory() ? { path, entries: (await readdir(path)).sort() } : { path };
}

/** The bytes of a file, unpacked when it is gzip, to `limit` bytes at most (default as {@link gunzip} has it). */
export async function readBytes(path: string, limit?: number): Promise<Uint8Array> {
  const bytes = readWhole(path);
  return isGzip(bytes) ? gunzip(bytes, path, limit) : bytes;
}
