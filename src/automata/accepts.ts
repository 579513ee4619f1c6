// Automata that were read or made from files are of use only where they accept something.

import { InputError } from "../inputError.js";
import type { Automaton } from "./automaton.js";
import { connect } from "./connect.js";

/**
 * An automaton as it is, which accepts something.
 *
 * @param name what it is and where it comes from, for the message
 * @throws InputError where no path leads from a start to an end.
 * @example
 * requirePath(stringAcceptor([1]), "the grammar").states; // 2
 */
export function requirePath(of: Automaton, name: string): Automaton {
  if (connect(of).states > 0) return of;
  throw new InputError(
    `${name} accepts nothing: no path leads from a start to an end; expected one at least`,
  );
}
