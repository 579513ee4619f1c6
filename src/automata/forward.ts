// The forward score: the log of the summed scores of all paths, log semiring. Its gradient is how likely a path is to
// use each arc (Baum and Petrie 1966; the backward pass is that of GTN, arXiv 2010.01003).

import { InputError } from "../inputError.js";
import { outgoing, stateOnCycle, topologicalOrder } from "./adjacency.js";
import { type Automaton, viewsOf } from "./automaton.js";
import type { Score } from "./score.js";

/** States in topological order. */
export function orderOf(of: Automaton, asker: string): Int32Array {
  const { order } = topologicalOrder(of);
  if (order) return order;
  throw new InputError(
    `${asker}: arcs lead from state ${stateOnCycle(of)} back to it; expected no cycle, as there are paths without end. ` +
      "Compose it with something finite first, as frames are",
  );
}

const exists = (weights: Float64Array) => weights.some((weight) => weight !== -Infinity);

/** Refuses final states behind a state to which no path leads: what starts there was forgotten. */
function checkReached(of: Automaton, order: Int32Array): void {
  const { states, target, start, final } = of;
  const entered = start.map((weight) => (weight === -Infinity ? 0 : 1));
  for (let arc = 0; arc < target.length; arc++) entered[target[arc]] = 1;
  if (entered.every((one) => one === 1)) return;
  const { offsets, order: arcs } = outgoing(of);
  const root = Int32Array.from({ length: states }, (_, at) => (entered[at] === 1 ? -1 : at));
  for (const state of order) {
    if (root[state] < 0) continue;
    if (final[state] !== -Infinity) {
      throw new InputError(
        `forwardScore: state ${root[state]} is no start state and has no arc into it, but leads to final state ${state}; ` +
          "expected a start state there, or connect() to leave out what no path reaches",
      );
    }
    for (let k = offsets[state]; k < offsets[state + 1]; k++) root[target[arcs[k]]] = root[state];
  }
}

/** Log of the summed scores of paths from a start to each state, and to an end. */
export interface Distances {
  readonly order: Int32Array;
  readonly distance: Float64Array;
  readonly total: number;
}

export function distancesOf(of: Automaton, order: Int32Array): Distances {
  const { states, target, weight, start, final } = of;
  const { offsets, order: arcs } = outgoing(of);
  // A state's sum is kept as its largest term and the sum relative to it, so that one exponential an arc is enough.
  const largest = start.slice();
  const relative = new Float64Array(states).fill(1);
  const distance = new Float64Array(states);
  let [most, rest] = [-Infinity, 1];
  for (const state of order) {
    const here = largest[state] + Math.log(relative[state]);
    distance[state] = here;
    if (here === -Infinity) continue;
    for (let k = offsets[state]; k < offsets[state + 1]; k++) {
      const arc = arcs[k];
      if (weight[arc] === -Infinity) continue;
      const next = target[arc];
      const score = here + weight[arc];
      const gap = score - largest[next];
      if (gap > 0) {
        largest[next] = score;
        relative[next] = relative[next] * Math.exp(-gap) + 1;
      } else if (gap <= 0) {
        relative[next] += Math.exp(gap);
      }
    }
    if (final[state] === -Infinity) continue;
    const gap = here + final[state] - most;
    if (gap > 0) {
      most = here + final[state];
      rest = rest * Math.exp(-gap) + 1;
    } else if (gap <= 0) {
      rest += Math.exp(gap);
    }
  }
  return { order, distance, total: most + Math.log(rest) };
}

/** How likely a path is to use each arc, start and end. */
function occupancy(of: Automaton, { order, distance, total }: Distances): Float64Array {
  const { states, source, target, weight, start, final } = of;
  const gradient = new Float64Array(of.weights.length);
  if (!Number.isFinite(total)) return gradient;
  const views = viewsOf(gradient, source.length, states);
  const { offsets, order: arcs } = outgoing(of);
  const passing = new Float64Array(states);
  for (let at = states - 1; at >= 0; at--) {
    const state = order[at];
    const here = distance[state];
    if (here === -Infinity) continue;
    let all = final[state] === -Infinity ? 0 : Math.exp(here + final[state] - total);
    views.final[state] = all;
    for (let k = offsets[state]; k < offsets[state + 1]; k++) {
      const arc = arcs[k];
      const next = target[arc];
      if (passing[next] === 0 || weight[arc] === -Infinity) continue;
      all += views.weight[arc] = passing[next] * Math.exp(here + weight[arc] - distance[next]);
    }
    passing[state] = all;
    if (all > 0) views.start[state] = all * Math.exp(start[state] - here);
  }
  return gradient;
}

/**
 * The log of the summed scores of all paths; -Infinity where there is none. Its gradient by an arc's weight is the
 * probability that a path uses the arc: the share of the paths through it.
 *
 * @throws InputError for arcs that go round in a circle, and for a final state behind a state that nothing reaches.
 * @example
 * const two = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 5, 5], [0, 1, 6, 6]] });
 * forwardScore(two).value; // 0.6931471805599453
 */
export function forwardScore(of: Automaton): Score {
  const order = orderOf(of, "forwardScore");
  const empty = !exists(of.start) || !exists(of.final);
  if (!empty) checkReached(of, order);
  const distances = distancesOf(of, order);
  const gradient = () => occupancy(of, distances);
  return { value: distances.total, terms: [{ factor: 1, automaton: of, gradient }] };
}
