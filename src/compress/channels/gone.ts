// Which channels are to be removed, as data.

import { InputError } from "../../inputError.js";
import type { Channels } from "./analyse.js";
import { STAYS } from "./ids.js";

/** Channels to remove, by the number of the output that makes each, under the name of its weights. */
export type Removed = Readonly<Record<string, readonly number[]>>;

/**
 * The sets of places that are to be removed; throws an InputError for what cannot be.
 *
 * @param part whether parameters may be missing
 */
export function goneOf(
  { params, made, ids }: Channels,
  removed: Removed,
  part = false,
): ReadonlySet<number> {
  const gone = new Set<number>();
  for (const [name, numbers] of Object.entries(removed)) {
    const marks = params.get(name);
    if (!marks && part) continue;
    if (!marks) throw new InputError(`removed channels: the net has no parameter "${name}"`);
    const outputs = marks.find((places) => places && made.has(places[0]));
    if (!outputs) throw new InputError(`removed channels: "${name}" makes no channels`);
    for (const number of numbers) {
      if (outputs[number] === undefined) {
        throw new InputError(
          `removed channels: "${name}" has outputs 0 to ${outputs.length - 1}, found ${number}`,
        );
      }
      const root = ids.rootOf(outputs[number]);
      if (root === STAYS) {
        throw new InputError(`removed channels: output ${number} of "${name}" cannot be removed`);
      }
      gone.add(root);
    }
  }
  return gone;
}
