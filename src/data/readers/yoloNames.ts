// Names of the classes of a YOLO data set: `names` of data.yaml, a list or a map from numbers, or a line each in
// classes.txt (obj.names in Darknet and CVAT).

import { basename, join } from "node:path";
import { readText } from "../../files/text.js";
import { MOST_YAML, parseYaml } from "../../files/yaml.js";
import { InputError } from "../../inputError.js";
import { readClassNames } from "./classNames.js";

/** Files that hold names, a line each. */
const PLAIN = ["classes.txt", "obj.names"];
/** Names of files that hold the names of classes, the first one that is there. */
const FILES = ["data.yaml", "data.yml", "dataset.yaml", "dataset.yml", ...PLAIN];

/** Names in the order of their numbers, of a list or a map from numbers. */
function inOrder(names: unknown, path: string): string[] {
  const expected = "expected a list of names, or a map from the numbers 0, 1, ... to names";
  if (typeof names !== "object" || names === null) {
    throw new InputError(`${path}: there are no "names"; ${expected}`);
  }
  const entries = new Map(Object.entries(names));
  const ordered = Array.from({ length: entries.size }, (_, at) => entries.get(String(at)));
  for (const [at, name] of ordered.entries()) {
    if (typeof name === "string" && name.trim() !== "") continue;
    const isText = typeof name === "string" || name === null;
    const said = isText ? `is ${JSON.stringify(name)}` : "is a list or a map";
    const found = name === undefined ? "is missing" : said;
    throw new InputError(`${path}: names: the name of class ${at} ${found}; ${expected}`);
  }
  if (ordered.length === 0) throw new InputError(`${path}: "names" is empty; ${expected}`);
  const found = ordered.map((name) => (name as string).trim());
  const seen = new Set<string>();
  const twin = found.find((name) => seen.size === seen.add(name).size);
  if (twin === undefined) return found;
  throw new InputError(`${path}: names: two classes are called "${twin}"`);
}

/**
 * Names of classes from the text of a data.yaml.
 *
 * @throws InputError for what is no YAML, by line, and for names that are no list and no map from numbers.
 * @example
 * parseDataYaml("nc: 2\nnames: [cat, no]", "data.yaml"); // ["cat", "no"]
 */
export function parseDataYaml(text: string, path: string): string[] {
  const found = parseYaml(text, path, "failsafe");
  const said = typeof found === "object" && found !== null ? (found as { names?: unknown }) : {};
  return inOrder(said.names, path);
}

/** Names of classes, and the file that they are from. */
export interface NamedClasses {
  readonly names: readonly string[];
  readonly path: string;
}

/** The names of the classes of a folder, if a file in it or among its labels tells them. */
export async function namesIn(
  folder: string,
  files: readonly string[],
): Promise<NamedClasses | undefined> {
  const name = FILES.find((candidate) => files.includes(candidate));
  if (name === undefined) return undefined;
  const path = join(folder, name);
  if (PLAIN.includes(basename(path))) return { names: await readClassNames(path), path };
  return { names: parseDataYaml(readText(path, MOST_YAML), path), path };
}
