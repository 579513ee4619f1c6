// YAML of small files. Every text is bounded in size and depth, and errors name the line.

import { LineCounter, Parser, parseDocument } from "yaml";
import { InputError } from "../inputError.js";

/** Bytes of a YAML file: thousands of names of classes take a tenth of it. */
export const MOST_YAML = 256 * 1024;
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

/**
 * What a YAML text says.
 *
 * @param path for messages
 * @param schema what scalars become: `failsafe` leaves all of them texts as they are written, `core` knows numbers, true, false
 * and null
 * @throws InputError for what is no YAML, by line, and for what lies too deep.
 * @example
 * parseYaml("epochs: 3", "a.yaml", "core"); // { epochs: 3 }
 */
export function parseYaml(text: string, path: string, schema: "failsafe" | "core"): unknown {
  const lineCounter = new LineCounter();
  if (isTooDeep(text)) {
    throw new InputError(`${path}: its collections lie deeper within each other than ${DEEPEST}`);
  }
  const document = parseDocument(text, { schema, lineCounter, logLevel: "error" });
  const [fault] = document.errors;
  if (fault) {
    const { line } = lineCounter.linePos(fault.pos[0]);
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
