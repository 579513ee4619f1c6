// Words for messages: the nearest known name to a mistyped one (edit distance: Levenshtein 1966).

import { InputError } from "../inputError.js";

/** Letters of a text that a message shows. */
const SHOWN = 80;

/**
 * A text as messages show it: cut where it is long.
 *
 * @example
 * brief("a".repeat(1000)).length; // 80
 */
export const brief = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;

/** Fewest letters to insert, delete or replace to turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}

/**
 * The name nearest to what was typed, letter case aside, or `undefined` when none is near: when more
 * than a third of the letters, but at least two, would have to change.
 *
 * @example
 * nearest("minst", ["mnist", "fashion-mnist"]); // "mnist"
 */
export function nearest(typed: string, names: Iterable<string>): string | undefined {
  // Nobody mistypes so much, and the distance of long texts takes long.
  if (typed.length > SHOWN) return undefined;
  let best: string | undefined;
  let least = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

/** ` (did you mean "x"?)` for the end of a message, or nothing. */
export function suggestion(typed: string, names: Iterable<string>): string {
  const name = nearest(typed, names);
  return name === undefined ? "" : ` (did you mean "${name}"?)`;
}

/**
 * The error for a name that is not known.
 *
 * @example
 * const { message } = unknownName("model", "resnet19", ["lenet5", "resnet20"]);
 * message; // unknown model "resnet19" (did you mean "resnet20"?); known: lenet5, resnet20
 */
export function unknownName(kind: string, typed: string, known: readonly string[]): InputError {
  return new InputError(
    `unknown ${kind} "${typed}"${suggestion(typed, known)}; known: ${known.join(", ")}`,
  );
}

/**
 * A registry with a user's own entries behind it.
 *
 * @throws InputError when one of them has the name of another entry.
 */
export function withOwn<T extends { readonly name: string }>(
  kind: string,
  registry: readonly T[],
  own: readonly T[],
): readonly T[] {
  const all = [...registry, ...own];
  const names = all.map(({ name }) => name);
  const taken = names.find((name, at) => names.indexOf(name) !== at);
  if (taken === undefined) return all;
  throw new InputError(
    `${kind} "${taken}": there is one of this name already; choose another name`,
  );
}

/** The entry of a registry with a name; throws {@link unknownName} when there is none. */
export function byName<T extends { readonly name: string }>(
  kind: string,
  name: string,
  registry: readonly T[],
): T {
  const found = registry.find((entry) => entry.name === name);
  if (!found) {
    throw unknownName(
      kind,
      name,
      registry.map((entry) => entry.name),
    );
  }
  return found;
}
