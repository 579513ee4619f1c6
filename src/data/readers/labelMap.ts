// labelmap.txt, as CVAT writes it beside masks: a line for each class, `name:red,green,blue:parts:actions`, in the order of
// their numbers. Lines that begin with # are remarks.

import { readLines } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import { brief } from "../../text/words.js";
import { IGNORED } from "../labels.js";
import { colourKey } from "./pngNumbers.js";

/** Classes, and the numbers that colours stand for. */
export interface LabelMap {
  readonly names: readonly string[];
  /** By {@link colourKey}. */
  readonly colours: ReadonlyMap<number, number>;
}

/** The colour of what does not count in Pascal VOC's own masks: the edges of things. */
const VOID = colourKey(224, 224, 192);

/** The colour of a line; `undefined` where it has none. */
function colourOf(text: string, source: string): number | undefined {
  if (text.trim() === "") return undefined;
  const levels = text
    .split(",")
    .map((level) => (/^\s*\d{1,3}\s*$/.test(level) ? Number(level) : 256));
  if (levels.length === 3 && levels.every((level) => level < 256)) {
    return colourKey(...(levels as [number, number, number]));
  }
  throw new InputError(
    `${source} has the colour "${brief(text)}"; expected red,green,blue from 0 to 255`,
  );
}

/**
 * The classes of a labelmap.txt; `undefined` where there is no such file.
 *
 * @throws InputError by line for a class without a name, a name or a colour that is there twice, and what is no colour; for
 *   a file without classes, and for more than masks can hold.
 */
export function readLabelMap(path: string): LabelMap | undefined {
  const lines = readLines(path);
  if (lines === undefined) return undefined;
  const names: string[] = [];
  const colours = new Map<number, number>();
  for (const [at, line] of lines.entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const source = `${path}: line ${at + 1}`;
    const [name, colour = ""] = line.split(":").map((field) => field.trim());
    if (name === "") throw new InputError(`${source} has no name; expected name:red,green,blue::`);
    if (names.includes(name)) throw new InputError(`${source} has the class "${name}" again`);
    const key = colourOf(colour, source);
    if (key !== undefined && colours.has(key)) {
      throw new InputError(`${source} has the colour of "${names[colours.get(key)!]}"`);
    }
    if (names.length === IGNORED) {
      throw new InputError(`${source}: a class beyond the ${IGNORED} that masks can hold`);
    }
    if (key !== undefined) colours.set(key, names.length);
    names.push(name);
  }
  if (names.length === 0) throw new InputError(`${path} names no class`);
  if (!colours.has(VOID)) colours.set(VOID, IGNORED);
  return { names, colours };
}
