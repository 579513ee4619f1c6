// Files of fitted encoders: their options and arrays as JSON, whose numbers are those in memory to the last digit.

import { readFile } from "node:fs/promises";
import { z } from "zod";
import {
  type FittedEncoder,
  type Multiply,
  matrix,
  openEncoder,
  type SavedEncoder,
} from "../estimators/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";

const count = z.number().int().min(0);
const schema = z.strictObject({
  encoder: z.string(),
  columns: count,
  options: z.record(z.string(), z.number()),
  arrays: z.record(
    z.string(),
    z.strictObject({ rows: count, columns: count, data: z.array(z.number()) }),
  ),
});

/** What a file holds. */
export type EncoderFile = z.infer<typeof schema>;

/** Writes a fitted encoder. */
export async function writeEncoder(path: string, { saved }: FittedEncoder): Promise<void> {
  const arrays = Object.entries(saved.arrays).map(
    ([name, { rows, columns, data }]) =>
      [name, { rows, columns, data: [...data] }] satisfies [string, object],
  );
  const file: EncoderFile = {
    ...saved,
    options: { ...saved.options },
    arrays: Object.fromEntries(arrays),
  };
  await writeFileAtomic(path, `${JSON.stringify(file)}\n`);
}

/**
 * Opens an encoder that was written.
 *
 * @throws InputError for a file that is none.
 */
export async function readEncoder(path: string, multiply?: Multiply): Promise<FittedEncoder> {
  const text = await readFile(path, "utf8");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new InputError(`${path}: it is no JSON; expected an encoder that encode has written`);
  }
  const found = schema.safeParse(parsed);
  if (!found.success) {
    const { path: at, message } = found.error.issues[0];
    throw new InputError(
      `${path}: ${at.join(".")}: ${message}; expected an encoder that encode has written`,
    );
  }
  const arrays = Object.entries(found.data.arrays).map(
    ([name, { data, rows, columns }]) =>
      [name, matrix(Float64Array.from(data), rows, columns)] as const,
  );
  const saved: SavedEncoder = { ...found.data, arrays: Object.fromEntries(arrays) };
  return openEncoder(saved, multiply);
}
