// Passes that a run asks for by name, as other structures of its model's layers.

import type { Net } from "../../nn/index.js";
import { parseStrengths } from "../../text/strengths.js";
import { type PassRecord, passKinds } from "./index.js";

/** Those that there are, by name. */
export const structures = passKinds.flatMap(({ name, structure }) =>
  structure ? [{ name, ...structure }] : [],
);

/**
 * Reads structures as a user writes them: names with a comma between, with `=number` where they take one.
 *
 * @throws InputError for an unknown name, one that comes twice, and a number that it does not take.
 * @example
 * parseStructures("harmonic,t-vmf=8").map(({ strength }) => strength); // [0, 8]
 */
export const parseStructures = (text: string) => parseStrengths("structure", text, structures);

/** The passes that structures are for a net as it is built. */
export const structurePasses = (net: Net, text: string): PassRecord[] =>
  parseStructures(text).map(
    ({ asked: { name, settings }, strength }) =>
      ({ pass: name, ...settings(net, strength) }) as PassRecord,
  );
