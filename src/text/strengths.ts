// Things asked for by name, each with a number behind it where it takes one, as `harmonic,t-vmf=16`.

import { InputError } from "../inputError.js";
import { byName } from "./words.js";

/** Something that can be asked for so. */
export interface Askable {
  readonly name: string;
  /** What a number behind the name means, and that number where there is none; default it takes none. */
  readonly strength?: { readonly meaning: string; readonly usual: number };
}

/** Largest number that is taken. */
const MOST = 1e4;

/**
 * Reads names with commas between, with `=number` where they take one.
 *
 * @param kind what is named, for messages
 * @throws InputError for an unknown name, one that comes twice, and a number that it does not take.
 * @example
 * const known = [{ name: "plain" }, { name: "strong", strength: { meaning: "how strong", usual: 2 } }];
 * parseStrengths("thing", "plain,strong=0.5", known).map(({ strength }) => strength); // [0, 0.5]
 */
export function parseStrengths<T extends Askable>(
  kind: string,
  text: string,
  known: readonly T[],
): { readonly asked: T; readonly strength: number }[] {
  const all = text.split(",").map((one) => {
    const [, name, number] = /^\s*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(one)!;
    const asked = byName(kind, name, known);
    const { meaning, usual } = asked.strength ?? { meaning: undefined, usual: 0 };
    if (number === undefined) return { asked, strength: usual };
    const strength = /^\d*\.?\d+$/.test(number) ? Number(number) : Number.NaN;
    if (meaning !== undefined && strength <= MOST) return { asked, strength };
    const range = meaning === undefined ? "no number" : `${meaning} to ${MOST}`;
    throw new InputError(`${kind} ${one.trim()}: expected ${range}`);
  });
  const names = all.map(({ asked }) => asked.name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice === undefined) return all;
  throw new InputError(`${kind} "${twice}" is given twice in "${text}"`);
}
