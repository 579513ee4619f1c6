// Plain data that comes from disk: damaged, or of another program, they are told by file and place.

import type { z } from "zod";
import { InputError } from "../inputError.js";
import { checkPlain } from "../settings.js";
import { duplicateKey } from "../text/duplicateKey.js";
import { readText } from "./text.js";

/** A file's JSON. Throws an {@link InputError} that names the file when there is none, or it is damaged. */
async function parseFile(path: string): Promise<unknown> {
  const text = readText(path);
  try {
    return parseJson(text);
  } catch (error) {
    throw new InputError(`${path} is damaged: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Reads JSON in which no object has a name twice, of which `JSON.parse` would keep the last.
 *
 * @throws Error saying what is wrong.
 * @example
 * parseJson('{ "batch": 8 }'); // { batch: 8 }
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const twice = duplicateKey(text);
  if (twice === undefined) return value;
  throw new Error(`${JSON.stringify(twice)} is given twice`);
}

/**
 * A file's JSON, checked by a schema.
 *
 * @throws InputError naming the file, and the first place in it that is missing or wrong.
 */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  return checkPlain(schema, await parseFile(path), path);
}
