// Leaving out states that no path uses.

import { groupArcs } from "./adjacency.js";
import type { Automaton, Structure } from "./automaton.js";
import { derive, iota, takenFrom } from "./derive.js";

/** States to which a path leads from the marked ones, which are among them, along arcs from one state to another. */
function reached(marked: Uint8Array, from: Int32Array, to: Int32Array): Uint8Array {
  const found = marked.slice();
  const { offsets, order } = groupArcs(from, marked.length);
  const stack = new Int32Array(marked.length);
  let open = 0;
  for (let state = 0; state < found.length; state++) if (found[state]) stack[open++] = state;
  while (open > 0) {
    const state = stack[--open];
    for (let k = offsets[state]; k < offsets[state + 1]; k++) {
      const next = to[order[k]];
      if (found[next]) continue;
      found[next] = 1;
      stack[open++] = next;
    }
  }
  return found;
}

const marked = (weights: Float64Array) =>
  Uint8Array.from(weights, (weight) => (weight === -Infinity ? 0 : 1));

/** States from which a path leads to a marked one. */
export const coaccessible = (ends: Uint8Array, source: Int32Array, target: Int32Array) =>
  reached(ends, target, source);

/** Which numbers stay, and the new number of each; -1 for those that do not. */
export function renumber(keep: Uint8Array): { readonly kept: Int32Array; readonly to: Int32Array } {
  const to = new Int32Array(keep.length).fill(-1);
  let count = 0;
  for (let at = 0; at < keep.length; at++) if (keep[at]) to[at] = count++;
  const kept = new Int32Array(count);
  for (let at = 0; at < keep.length; at++) if (keep[at]) kept[to[at]] = at;
  return { kept, to };
}

/** Some arcs of a structure, whose states are renumbered. */
export function takeArcs(
  of: Structure,
  arcs: Int32Array,
  to: Int32Array,
  states: number,
): Structure {
  return {
    states,
    source: arcs.map((arc) => to[of.source[arc]]),
    target: arcs.map((arc) => to[of.target[arc]]),
    input: arcs.map((arc) => of.input[arc]),
    output: arcs.map((arc) => of.output[arc]),
  };
}

/**
 * An automaton without the states that lie on no path from a start to an end; none are left where there is no path.
 *
 * @example
 * const dead = automaton({ states: 3, start: [0], final: [1], arcs: [[0, 1, 4, 4], [0, 2, 5, 5]] });
 * connect(dead).states; // 2
 */
export function connect(of: Automaton): Automaton {
  const { source, target } = of;
  const behind = reached(marked(of.start), source, target);
  const before = coaccessible(marked(of.final), source, target);
  const { kept, to } = renumber(behind.map((one, state) => one & before[state]));
  const arcs = iota(source.length).filter((arc) => to[source[arc]] >= 0 && to[target[arc]] >= 0);
  const structure = takeArcs(of, arcs, to, kept.length);
  return derive("connect", [of], structure, takenFrom(of, arcs, kept, kept), of.symbols);
}
