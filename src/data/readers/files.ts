// Files as bytes, with errors that say what to do.

import { readdir, readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { InputError } from "../../inputError.js";
import type { Location } from "./reader.js";

/** Looks at a path; `undefined` when nothing is there. */
export async function locationAt(path: string): Promise<Location | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  return found.isDirectory() ? { path, entries: (await readdir(path)).sort() } : { path };
}

/** The bytes of a file, decompressed when it is gzip. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${path}: cannot be read (${error.code}); check the path and its rights`);
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return plain(bytes);
  return plain(
    await promisify(gunzip)(bytes).catch((error: Error) => {
      throw new InputError(
        `${path}: the gzip data are damaged or cut off (${error.message}) after ` +
          `${bytes.length} bytes; fetch the file again`,
      );
    }),
  );
}

/** Lines of a text file without the empty ones at its end; `undefined` when there is no such file. */
export async function readLines(path: string): Promise<string[] | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text?.trimEnd().split(/\r?\n/);
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
