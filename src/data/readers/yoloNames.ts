// Names of the classes of a YOLO data set: `names` of data.yaml, a list or a map from numbers, or a line each in
// classes.txt (obj.names in Darknet and CVAT).

import { basename, join } from "node:path";
import { LineCounter, Parser, parseDocument } from "yaml";
import { readText } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import { readClassNames } from "./classNames.js";

/** Files that hold names, a line each. */
const PLAIN = ["classes.txt", "obj.names"];
/** Names of files that hold the names of classes, the first one that is there. */
const FILES = ["data.yaml", "data.yml", "dataset.yaml", "dataset.yml", ...PLAIN];

/** Bytes of a YAML file: the thousands of names of the largest sets take a tenth of it. */
const MOST = 256 * 1024;
/** Collections within each other. The parser is recursive, and far deeper ones end the process. */
const DEEPEST = 50;

/** A token of the YAML parser, as far as others lie in it. */
interface Token {
  readonly value?: unknown;
  readonly items?: readonly { readonly key?: unknown; readonly value?: unknown }[];
}

const isToken = (value: unknown): value is Token => typeof value === "object" && value !== null;

/** Whether collections of a YAML text lie deeper within each other than can be read. Works without recursion. */
function isTooDeep(text: string): boolean {
  const roots: unknown[] = [...new Parser().parse(text)];
  let level = roots.filter(isToken);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    const inner = ({ value, items = [] }: Token) => [
      value,
      ...items.flatMap((item) => [item.key, item.value]),
    ];
    level = level.flatMap(inner).filter(isToken);
  }
  return false;
}

/** What a YAML file says, all scalars as they are written. */
function parseYaml(text: string, path: string): unknown {
  const lines = new LineCounter();
  if (isTooDeep(text)) {
    throw new InputError(`${path}: its collections lie deeper within each other than ${DEEPEST}`);
  }
  const document = parseDocument(text, {
    schema: "failsafe",
    lineCounter: lines,
    logLevel: "error",
  });
  const [fault] = document.errors;
  if (fault) {
    const { line } = lines.linePos(fault.pos[0]);
    throw new InputError(
      `${path}: line ${line} is no YAML: ${fault.message.split(/ at line|\n/)[0]}`,
    );
  }
  try {
    return document.toJS();
  } catch (error) {
    throw new InputError(`${path} cannot be read as YAML: ${(error as Error).message}`);
  }
}

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
  const found = parseYaml(text, path);
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
  return { names: parseDataYaml(readText(path, MOST), path), path };
}
