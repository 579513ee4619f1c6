// Files as bytes, with errors that say what to do.

import { readdir, readFile, stat } from "node:fs/promises";
import { gunzip, isGzip } from "../../files/gunzip.js";
import { readWhole, withFile } from "../../files/read.js";
import { InputError } from "../../inputError.js";
import { formatBytes } from "../../text/bytes.js";
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

/** Lines of a text file without the empty ones at its end; `undefined` when there is no such file. */
export async function readLines(path: string): Promise<string[] | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text?.trimEnd().split(/\r?\n/);
}

/** Number of the first line that is not UTF-8, from 1. */
export function firstDamagedLine(bytes: Uint8Array): number {
  const lines = new TextDecoder("latin1").decode(bytes).split("\n");
  const damaged = lines.findIndex((line) => {
    const own = Uint8Array.from(line, (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(own).includes("\uFFFD");
  });
  return damaged + 1;
}

/**
 * The text of a file in UTF-8.
 *
 * @param most bytes that it may have
 * @throws InputError for a file that cannot be read, is larger, or is not UTF-8.
 */
export function readText(path: string, most: number): string {
  return withFile(path, (source) => {
    if (source.length > most) {
      throw new InputError(
        `${path} has ${formatBytes(source.length)}; expected at most ${formatBytes(most)}`,
      );
    }
    const bytes = source.take(0, source.length);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw new InputError(
        `${path}: line ${firstDamagedLine(bytes)} is not UTF-8; save the file as UTF-8`,
      );
    }
  });
}
