// Files as bytes, also those over 2 GiB, which Node does not read as a whole.

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { InputError } from "../inputError.js";
import type { ByteSource } from "../tensor/byteSource.js";
import { formatBytes } from "../text/bytes.js";
import { readError } from "./errors.js";

/** How a path is opened that may lead to a pipe: nobody waits for what may never come. */
export const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Most that one call of the system reads. */
const PIECE = 2 ** 30;

/** An open file that is read in parts. */
class FileSource implements ByteSource {
  constructor(
    private readonly path: string,
    private readonly file: number,
    readonly length: number,
  ) {}

  take(from: number, to: number): Uint8Array {
    const length = Math.max(0, Math.min(to, this.length) - from);
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(length);
    } catch {
      throw new InputError(
        `${this.path}: ${formatBytes(length)} of it are to be read at once, more than the memory holds`,
      );
    }
    for (let at = 0; at < length; ) {
      const count = readSync(this.file, bytes, at, Math.min(PIECE, length - at), from + at);
      if (count === 0) throw new InputError(`${this.path}: it got shorter while it was read`);
      at += count;
    }
    return bytes;
  }

  read(from: number, to: number): Uint8Array {
    return this.take(from, to);
  }
}

/**
 * Opens a file, gives it to `use` as a source of bytes, and closes it.
 *
 * @throws InputError for what is no file, or cannot be read.
 */
export function withFile<T>(path: string, use: (bytes: ByteSource) => T): T {
  let file: number | undefined;
  try {
    file = openSync(path, READ_AT_ONCE);
    const found = fstatSync(file);
    if (!found.isFile()) {
      throw found.isDirectory()
        ? readError(path, { code: "EISDIR" })
        : new InputError(`${path}: it is no file`);
    }
    return use(new FileSource(path, file, found.size));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall ? readError(path, error) : error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** All bytes of a file; throws as {@link withFile} does. */
export const readWhole = (path: string): Uint8Array =>
  withFile(path, (bytes) => bytes.take(0, bytes.length));
