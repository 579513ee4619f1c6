// Passes that a run asks for by name, as other structures of its model's layers.

import { InputError } from "../../inputError.js";
import type { Net } from "../../nn/index.js";
import { byName } from "../../text/words.js";
import { type PassRecord, passKinds } from "./index.js";
import type { PassKind } from "./pass.js";

/** Those that there are, by name. */
export const structures = passKinds.flatMap(({ name, structure }) =>
  structure ? [{ name, ...structure }] : [],
);

/** A structure that was asked for. */
export interface AskedStructure {
  readonly structure: NonNullable<PassKind["structure"]> & { readonly name: string };
  readonly strength: number;
}

/** Largest number that a structure takes. */
const MOST = 1e4;

/**
 * Reads structures as a user writes them: names with a comma between, with `=number` where they take one.
 *
 * @throws InputError for an unknown name, one that comes twice, and a number that it does not take.
 * @example
 * parseStructures("harmonic,t-vmf=8").map(({ strength }) => strength); // [0, 8]
 */
export function parseStructures(text: string): AskedStructure[] {
  const asked = text.split(",").map((one) => {
    const [, name, number] = /^\s*([^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(one)!;
    const structure = byName("structure", name, structures);
    const { meaning, usual } = structure.strength ?? { meaning: undefined, usual: 0 };
    if (number === undefined) return { structure, strength: usual };
    const strength = /^\d*\.?\d+$/.test(number) ? Number(number) : Number.NaN;
    if (meaning !== undefined && strength <= MOST) return { structure, strength };
    const range = meaning === undefined ? "no number" : `${meaning} to ${MOST}`;
    throw new InputError(`structure ${one.trim()}: expected ${range}`);
  });
  const names = asked.map(({ structure }) => structure.name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice === undefined) return asked;
  throw new InputError(`structure "${twice}" is given twice in "${text}"`);
}

/** The passes that structures are for a net as it is built. */
export const structurePasses = (net: Net, text: string): PassRecord[] =>
  parseStructures(text).map(
    ({ structure: { name, settings }, strength }) =>
      ({ pass: name, ...settings(net, strength) }) as PassRecord,
  );
