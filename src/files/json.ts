// Plain data that comes from disk: damaged, or of another program, they are told by file and place.

import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { InputError } from "../inputError.js";
import { checkPlain } from "../settings.js";
import { readError } from "./errors.js";

/** A file's JSON. Throws an {@link InputError} that names the file when there is none, or it is damaged. */
async function parseFile(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error) => {
    throw readError(path, error);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is damaged: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * A file's JSON, checked by a schema.
 *
 * @throws InputError naming the file, and the first place in it that is missing or wrong.
 */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  return checkPlain(schema, await parseFile(path), path);
}
