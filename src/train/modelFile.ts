// Files that name a model: JSON with `model`, as a search of architectures leaves it (best.json).

import { existsSync } from "node:fs";
import { z } from "zod";
import { readJson } from "../files/json.js";
import { InputError } from "../inputError.js";
import { architectureOf } from "../models/index.js";

const schema = z.looseObject({ model: z.string() });

/** A name with a folder or an ending in it is a path. */
const PATH = /[\\/]|\.json$/;

/** The file that a path means: with its ending, or without. */
const fileOf = (path: string): string | undefined =>
  [path, `${path}.json`].find((file) => file.endsWith(".json") && existsSync(file));

/** Whether a path is that of a file that may name a model. */
export const isModelFile = (path: string): boolean => PATH.test(path) && fileOf(path) !== undefined;

/**
 * The name of a model from a name, or from a file with one: the path of a JSON file, whose ending may be left out.
 *
 * @throws InputError naming the file that is not there, that names no model, or a net that its space does not have.
 */
export async function modelNamed(name: string): Promise<string> {
  if (!PATH.test(name)) return name;
  const file = fileOf(name);
  if (file === undefined) {
    throw new InputError(
      `model ${name}: there is no such file; expected a model by name, or a JSON file with "model"`,
    );
  }
  const { model } = await readJson(file, schema);
  try {
    architectureOf(model);
  } catch (error) {
    if (error instanceof InputError) error.message = `${file}: ${error.message}`;
    throw error;
  }
  return model;
}
