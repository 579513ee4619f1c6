// Other structures of a net's layers, by name: a new one is its file and one line here.

import { InputError } from "../../inputError.js";
import { byName } from "../../text/words.js";
import type { Net } from "../net.js";
import { headOf } from "./vonMises.js";

export { harmonic } from "./harmonic.js";
export { type VonMisesOptions, vonMises } from "./vonMises.js";

/** A structure that a user may ask for. */
export interface Structure {
  readonly name: string;
  readonly description: string;
  /** Authors, year, and where it was published. */
  readonly source: string;
  /** What a number behind its name means, and that number where there is none. */
  readonly strength?: { readonly meaning: string; readonly usual: number };
  /** Whether its weights mean something else than a plain net's, which it cannot start from. */
  readonly fresh?: true;
  /** Settings of its pass for a net as it is built. */
  settings(net: Net, strength: number): Readonly<Record<string, unknown>>;
}

/** Largest number that a structure takes. */
const MOST = 1e4;

export const structures: readonly Structure[] = [
  {
    name: "harmonic",
    description: "filters are sums of waves, whose shares are learned",
    source: "Ulicny, Krylov and Dahyot 2022, arXiv 2001.06570",
    fresh: true,
    settings: () => ({}),
  },
  {
    name: "t-vmf",
    description: "classes are compared by angles, and nearly all angles are far",
    source: "Kobayashi 2021, CVPR",
    strength: { meaning: "kappa, how fast a class becomes far, from 0", usual: 16 },
    settings: (net, kappa) => ({ weights: headOf(net), kappa }),
  },
];

/** A structure that was asked for. */
export interface AskedStructure {
  readonly structure: Structure;
  readonly strength: number;
}

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
