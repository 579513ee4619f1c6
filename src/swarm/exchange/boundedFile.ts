// Files that anybody may have put there: read to a bound, and only when they are files.

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { readError } from "../../files/errors.js";
import { FormatError } from "../../tensor/formatError.js";

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** Reads a file of at most so many bytes; `undefined` when there is none, a FormatError for what is no such file. */
export async function readBounded(path: string, most: number): Promise<Uint8Array | undefined> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    // A pipe would keep whoever opens it; a link may lead anywhere.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (["ELOOP", "EISDIR", "ENXIO"].includes(codeOf(error) ?? "")) {
      throw new FormatError(path, 0, "it is no file");
    }
    throw readError(path, error);
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new FormatError(path, 0, "it is no file");
    if (found.size > most) {
      throw new FormatError(path, most, `${found.size} bytes, expected at most ${most}`);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
