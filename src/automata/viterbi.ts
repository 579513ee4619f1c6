// The best path: the tropical semiring, in which a state's score is that of the best path to it (Viterbi 1967).

import { InputError } from "../inputError.js";
import { outgoing, topologicalOrder } from "./adjacency.js";
import { type Automaton, viewsOf } from "./automaton.js";
import { type Path, pathOf } from "./path.js";
import type { Score } from "./score.js";

/** Scores of the best path to each state, and the arc that it enters by; -1 where it starts there. */
export interface BestDistances {
  readonly distance: Float64Array;
  readonly back: Int32Array;
}

/** Best paths to all states. Of equally good ones the first that is found, in the order of states and arcs. */
export function bestDistances(of: Automaton): BestDistances {
  const { states, target, weight } = of;
  const { offsets, order: arcs } = outgoing(of);
  const distance = of.start.slice();
  const back = new Int32Array(states).fill(-1);
  /** Returns the states that are better now. */
  const leave = (state: number, better?: (next: number) => void) => {
    for (let k = offsets[state]; k < offsets[state + 1]; k++) {
      const arc = arcs[k];
      if (weight[arc] === -Infinity) continue;
      const score = distance[state] + weight[arc];
      if (!(score > distance[target[arc]])) continue;
      distance[target[arc]] = score;
      back[target[arc]] = arc;
      better?.(target[arc]);
    }
  };
  const { order } = topologicalOrder(of);
  if (order) {
    for (const state of order) if (distance[state] !== -Infinity) leave(state);
  } else {
    checkBelowInfinity(weight);
    inRounds(distance, leave);
  }
  return { distance, back };
}

/** Infinity hides how often a path has gone round. */
function checkBelowInfinity(weight: Float64Array): void {
  const arc = weight.indexOf(Infinity);
  if (arc < 0) return;
  throw new InputError(
    `best path: arc ${arc} has weight Infinity; expected a number, as arcs go round in a circle`,
  );
}

/** States in rounds until none gets better (Bellman 1958); after as many rounds as states, a cycle gains. */
function inRounds(
  distance: Float64Array,
  leave: (state: number, better: (next: number) => void) => void,
): void {
  let open = new Set<number>();
  for (let at = 0; at < distance.length; at++) if (distance[at] !== -Infinity) open.add(at);
  for (let round = 0; open.size > 0; round++) {
    const next = new Set<number>();
    for (const state of open) leave(state, (better) => next.add(better));
    open = next;
    if (round <= distance.length) continue;
    const [state] = open;
    throw new InputError(
      `best path: it gains by going round in a circle through state ${state ?? 0}; expected cycles whose weights sum to 0 or less`,
    );
  }
}

/** The state in which the best path ends; -1 where there is no path. */
function bestEnd({ final }: Automaton, distance: Float64Array): { end: number; score: number } {
  let [end, score] = [-1, -Infinity];
  for (let state = 0; state < final.length; state++) {
    if (distance[state] === -Infinity || final[state] === -Infinity) continue;
    if (end >= 0 && distance[state] + final[state] <= score) continue;
    end = state;
    score = distance[state] + final[state];
  }
  return { end, score };
}

/**
 * The best path; undefined where there is none. Of equally good ones it is always the same.
 *
 * @throws InputError for a cycle by which a path gains.
 * @example
 * const two = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 5, 8, -1], [0, 1, 6, 9, -2]] });
 * viterbiPath(two)!.outputs; // Int32Array.of(8)
 */
export function viterbiPath(of: Automaton): Path | undefined {
  const { distance, back } = bestDistances(of);
  const { end } = bestEnd(of, distance);
  if (end < 0) return undefined;
  const arcs: number[] = [];
  let state = end;
  for (; back[state] >= 0; state = of.source[back[state]]) arcs.push(back[state]);
  return pathOf(of, state, arcs.reverse());
}

/**
 * The score of the best path; -Infinity where there is none. Its gradient is 1 for the path's arcs, start and end, and
 * 0 for all others.
 *
 * @throws InputError for a cycle by which a path gains.
 * @example
 * const two = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 5, 5, -1], [0, 1, 6, 6, -2]] });
 * viterbiScore(two).value; // -1
 */
export function viterbiScore(of: Automaton): Score {
  const path = viterbiPath(of);
  const gradient = () => {
    const numbers = new Float64Array(of.weights.length);
    if (!path || !Number.isFinite(path.score)) return numbers;
    const { weight, start, final } = viewsOf(numbers, of.source.length, of.states);
    for (const arc of path.arcs) weight[arc]++;
    start[path.start]++;
    final[path.end]++;
    return numbers;
  };
  return { value: path?.score ?? -Infinity, terms: [{ factor: 1, automaton: of, gradient }] };
}
