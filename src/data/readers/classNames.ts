// Names of classes: their order, and which number a found name has.

import { readText } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import { suggestion } from "../../text/words.js";
import { type ReadOptions, requireTwoClasses } from "./reader.js";

const isNumber = (name: string) => /^\d+$/.test(name);

/**
 * Names in order: of numbers if all are, else of letters. Every reader orders classes by it.
 *
 * @example
 * [sortNames(["10", "9", "1"]), sortNames(["b", "10", "a"])]; // [["1", "9", "10"], ["10", "a", "b"]]
 */
export function sortNames(names: Iterable<string>): string[] {
  const unique = [...new Set(names)];
  return unique.every(isNumber) ? unique.sort((a, b) => Number(a) - Number(b)) : unique.sort();
}

/** Classes in order. */
export interface ClassList {
  readonly classes: readonly string[];
  /** Number of a class by the name that the source has; `undefined` for one that is not known. */
  numberOf(name: string): number | undefined;
}

/**
 * Orders the classes that a source shows. Given names go first: by name, or by number where the source holds
 * numbers only.
 *
 * @throws InputError for a name that is not among the given ones, and for fewer than two classes.
 */
export function listClasses(
  found: Iterable<string>,
  options: Pick<ReadOptions, "known" | "classes">,
  source: string,
): ClassList {
  if (options.known ?? options.classes) return listNamed(found, options, source);
  const shown = sortNames(found);
  requireTwoClasses(shown, source);
  return byName(shown);
}

/** As {@link listClasses}, but of things that may all be of one class. */
export function listNamed(
  found: Iterable<string>,
  { known, classes }: Pick<ReadOptions, "known" | "classes">,
  source: string,
): ClassList {
  const shown = sortNames(found);
  const given = known ?? classes;
  if (!given) return byName(shown);
  const stranger = shown.find((name) => !given.includes(name));
  if (stranger === undefined) return byName(given);
  if (shown.every((name) => isNumber(name) && Number(name) < given.length)) {
    return { classes: given, numberOf: (name) => (isNumber(name) ? Number(name) : undefined) };
  }
  throw new InputError(
    `${source}: class "${stranger}" is not among ${known ? "those that the net knows" : "the given names"}` +
      `${suggestion(stranger, given)}: ${given.join(", ")}`,
  );
}

function byName(classes: readonly string[]): ClassList {
  const numbers = new Map(classes.map((name, at) => [name, at]));
  return { classes, numberOf: (name) => numbers.get(name) };
}

/**
 * Names of classes from a text file, a line each.
 *
 * @throws InputError for a file that cannot be read, an empty line between names, or a name given twice.
 */
export async function readClassNames(path: string): Promise<string[]> {
  const names = readText(path)
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trim());
  const lines = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    if (name === "") throw new InputError(`${path}: line ${at + 1} is empty; expected a name`);
    const first = lines.get(name);
    lines.set(name, at);
    if (first === undefined) continue;
    throw new InputError(`${path}: lines ${first + 1} and ${at + 1} both name the class "${name}"`);
  }
  return names;
}
