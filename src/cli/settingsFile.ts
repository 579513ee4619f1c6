// Settings of a run from a file: JSON, YAML, or a module that exports them.

import { existsSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseJson } from "../files/json.js";
import { readText } from "../files/text.js";
import { MOST_YAML, parseYaml } from "../files/yaml.js";
import { InputError } from "../inputError.js";
import { checkGiven } from "../train/config.js";
import { withoutIdle } from "../train/idle.js";
import type { TrainSettings } from "../train/index.js";

type Settings = Partial<TrainSettings>;
type Reader = (path: string) => unknown;

const json: Reader = (path) => {
  const text = readText(path);
  try {
    return parseJson(text);
  } catch (error) {
    throw new InputError(`${path}: ${(error as Error).message}`);
  }
};

const yaml: Reader = (path) => parseYaml(readText(path, MOST_YAML), path, "core");

/** The default export of a module of the user's own, which is run for it. */
const moduleBy =
  (load: (path: string) => Promise<{ readonly default?: unknown }>): Reader =>
  async (path) => {
    if (!existsSync(path)) throw new InputError(`${path} does not exist`);
    let loaded: { readonly default?: unknown };
    try {
      loaded = await load(resolve(path));
    } catch (error) {
      throw new InputError(`${path} cannot be run: ${(error as Error).message}`, { cause: error });
    }
    if (loaded.default !== undefined) return loaded.default;
    throw new InputError(`${path}: expected settings as its default export, found none`);
  };

const script = moduleBy((path) => import(pathToFileURL(path).href));
/** Node before 22.18 reads no types. */
const typed = moduleBy(async (path) => {
  const { createJiti } = await import("jiti");
  return createJiti(import.meta.url).import(path);
});

const readers: Readonly<Record<string, Reader>> = {
  ...{ ".json": json, ".yaml": yaml, ".yml": yaml },
  ...{ ".js": script, ".mjs": script, ".ts": typed, ".mts": typed },
};

const NAME = "convoy.config";

/**
 * Reads settings from a file, by the end of its name. A run's `config.json` counts as the settings that it had use for.
 *
 * @throws InputError naming the file for one that cannot be read, and for settings that are unknown or wrong.
 */
export async function readSettingsFile(path: string): Promise<Settings> {
  const end = extname(path).toLowerCase();
  const read = readers[end];
  if (!read) {
    const known = Object.keys(readers).join(", ");
    throw new InputError(`${path}: unknown end of a settings file "${end}"; known: ${known}`);
  }
  const content = await read(path);
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new InputError(`${path}: expected one object of settings`);
  }
  const { settings } = content as { settings?: object };
  const found = settings === undefined ? content : withoutIdle(settings);
  try {
    checkGiven(found);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path}: ${error.message}`, { cause: error });
  }
  return found;
}

/**
 * The file `convoy.config.*` of a folder, if there is one.
 *
 * @throws InputError where there are two.
 */
export function settingsFileIn(folder: string): string | undefined {
  const names = Object.keys(readers).map((end) => NAME + end);
  const [path, other] = names.map((name) => resolve(folder, name)).filter((at) => existsSync(at));
  if (other === undefined) return path;
  throw new InputError(
    `${folder} has two settings files, ${[path, other].map((at) => relative(folder, at)).join(" and ")}; ` +
      "keep one, or name it by --config",
  );
}

/** Whether a file lies in a data set, of which nobody should run or obey anything. */
export function isOfData(path: string, data: string): boolean {
  const from = relative(resolve(data), dirname(path));
  return existsSync(data) && (from === "" || !(from.startsWith("..") || resolve(from) === from));
}
