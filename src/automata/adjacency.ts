// Which arcs leave and enter a state. Worked out once for each automaton, and kept as long as it is.

import type { Automaton } from "./automaton.js";
import { iota } from "./derive.js";

/** Arcs by state: those of state `s` are `order[offsets[s]]` to `order[offsets[s + 1] - 1]`. */
export interface Adjacency {
  readonly offsets: Int32Array;
  readonly order: Int32Array;
}

/** The same, sorted by label in each state. */
export interface SortedArcs extends Adjacency {
  /** Labels in the order of `order`. */
  readonly labels: Int32Array;
}

export type Side = "input" | "output";

/** Arcs by the state that `key` names, in their own order in each (counting sort). */
export function groupArcs(key: Int32Array, states: number): Adjacency {
  const offsets = new Int32Array(states + 1);
  for (let arc = 0; arc < key.length; arc++) offsets[key[arc] + 1]++;
  for (let state = 0; state < states; state++) offsets[state + 1] += offsets[state];
  if (isRising(key)) return { offsets, order: iota(key.length) };
  const next = offsets.slice();
  const order = new Int32Array(key.length);
  for (let arc = 0; arc < key.length; arc++) order[next[key[arc]]++] = arc;
  return { offsets, order };
}

function isRising(key: Int32Array): boolean {
  for (let arc = 1; arc < key.length; arc++) if (key[arc] < key[arc - 1]) return false;
  return true;
}

function sortByLabel({ offsets, order }: Adjacency, label: Int32Array): SortedArcs {
  const sorted = order.slice();
  for (let state = 0; state + 1 < offsets.length; state++) {
    const arcs = sorted.subarray(offsets[state], offsets[state + 1]);
    if (isSorted(label, arcs)) continue;
    // One number of label and place sorts without a comparing function, and keeps the order of equal labels.
    const count = arcs.length;
    const keys = Float64Array.from(arcs, (arc, at) => (label[arc] + 1) * count + at).sort();
    const before = arcs.slice();
    for (let at = 0; at < count; at++) arcs[at] = before[keys[at] % count];
  }
  return { offsets, order: sorted, labels: sorted.map((arc) => label[arc]) };
}

function isSorted(label: Int32Array, arcs: Int32Array): boolean {
  for (let at = 1; at < arcs.length; at++) if (label[arcs[at]] < label[arcs[at - 1]]) return false;
  return true;
}

/** A function of automata that is worked out once for each. */
function kept<T>(work: (of: Automaton) => T): (of: Automaton) => T {
  const known = new WeakMap<Automaton, T>();
  return (of) => {
    let found = known.get(of);
    if (found === undefined) known.set(of, (found = work(of)));
    return found;
  };
}

/** Arcs by the state that they leave. */
export const outgoing = kept(({ source, states }) => groupArcs(source, states));

/** Arcs by the state that they enter. */
export const incoming = kept(({ target, states }) => groupArcs(target, states));

const sorted: Readonly<Record<Side, (of: Automaton) => SortedArcs>> = {
  input: kept((of) => sortByLabel(outgoing(of), of.input)),
  output: kept((of) => sortByLabel(outgoing(of), of.output)),
};

/** Arcs by the state that they leave, sorted by label. */
export const outgoingBy = (of: Automaton, side: Side): SortedArcs => sorted[side](of);

/**
 * States such that every arc leads to a later one; undefined where arcs go round in a circle
 * (Kahn 1962, "Topological sorting of large networks").
 */
export const topologicalOrder = kept((of): { readonly order: Int32Array | undefined } => {
  const { states, source, target } = of;
  let forwards = true;
  for (let arc = 0; arc < source.length && forwards; arc++) forwards = source[arc] < target[arc];
  if (forwards) return { order: iota(states) };
  const missing = new Int32Array(states);
  for (let arc = 0; arc < target.length; arc++) missing[target[arc]]++;
  const order = new Int32Array(states);
  let found = 0;
  for (let state = 0; state < states; state++) if (missing[state] === 0) order[found++] = state;
  const { offsets, order: arcs } = outgoing(of);
  for (let at = 0; at < found; at++) {
    for (let k = offsets[order[at]]; k < offsets[order[at] + 1]; k++) {
      const next = target[arcs[k]];
      if (--missing[next] === 0) order[found++] = next;
    }
  }
  return { order: found === states ? order : undefined };
});

/** A state on a circle of arcs. */
export function stateOnCycle(of: Automaton): number {
  const { states, source } = of;
  const { offsets, order } = incoming(of);
  // Depth first: 1 for states that are being followed, 2 for those that lead to no circle.
  const colour = new Uint8Array(states);
  for (let root = 0; root < states; root++) {
    const stack = [root];
    while (stack.length > 0) {
      const state = stack[stack.length - 1];
      if (colour[state] !== 0) {
        colour[state] = 2;
        stack.pop();
        continue;
      }
      colour[state] = 1;
      for (let k = offsets[state]; k < offsets[state + 1]; k++) {
        const before = source[order[k]];
        if (colour[before] === 1) return before;
        if (colour[before] === 0) stack.push(before);
      }
    }
  }
  throw new Error("no cycle");
}
