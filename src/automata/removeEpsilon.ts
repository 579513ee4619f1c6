// Arcs that neither read nor say anything, taken away (Mohri 2002, "Generic epsilon-removal and input
// epsilon-normalization algorithms for weighted transducers").

import { InputError } from "../inputError.js";
import { outgoing, stateOnCycle, topologicalOrder } from "./adjacency.js";
import { type Automaton, assemble, EPSILON, viewsOf } from "./automaton.js";
import { connect } from "./connect.js";
import { iota, times } from "./derive.js";

/** How scores of paths are joined: their sum (`log`), or the best one (`tropical`). */
export type Semiring = "log" | "tropical";

function logAdd(a: number, b: number): number {
  const most = Math.max(a, b);
  return Number.isFinite(most) ? most + Math.log1p(Math.exp(Math.min(a, b) - most)) : most;
}

const joins = { log: logAdd, tropical: Math.max } as const;

const isEmpty = ({ input, output }: Automaton, arc: number) =>
  input[arc] === EPSILON && output[arc] === EPSILON;

/** The automaton of epsilon arcs alone. */
function epsilonArcs(of: Automaton): Automaton {
  const arcs = iota(of.source.length).filter(
    (arc) => isEmpty(of, arc) && of.weight[arc] !== -Infinity,
  );
  const by = (column: Int32Array) => arcs.map((arc) => column[arc]);
  const structure = {
    states: of.states,
    source: by(of.source),
    target: by(of.target),
    input: by(of.input),
    output: by(of.output),
  };
  const weights = new Float64Array(arcs.length + 2 * of.states);
  arcs.forEach((arc, at) => {
    weights[at] = of.weight[arc];
  });
  return assemble(structure, weights);
}

/** Of each state, the states that epsilons lead to, itself among them, and the joined scores of the ways there. */
function closures(of: Automaton, join: (a: number, b: number) => number): Map<number, number>[] {
  const only = epsilonArcs(of);
  const { order } = topologicalOrder(only);
  if (!order) {
    throw new InputError(
      `removeEpsilon: epsilon arcs lead from state ${stateOnCycle(only)} back to it; expected no cycle of epsilons, ` +
        "as the closure of what accepts the empty string has",
    );
  }
  const { offsets, order: arcs } = outgoing(only);
  const found: Map<number, number>[] = [];
  for (const state of order.toReversed()) {
    const here = new Map([[state, 0]]);
    for (const arc of arcs.subarray(offsets[state], offsets[state + 1])) {
      for (const [next, score] of found[only.target[arc]]) {
        here.set(next, join(here.get(next) ?? -Infinity, times(score, only.weight[arc])));
      }
    }
    found[state] = here;
  }
  return found;
}

/**
 * An automaton of the same strings with the same scores without arcs that neither read nor say anything. It has no
 * gradient, and needs none for scores: they take epsilons as they are. (GTN drops the weights of the arcs here.)
 *
 * @param semiring how the scores of several ways are joined, default `log`
 * @throws InputError for epsilon arcs that go round in a circle.
 * @example
 * const one = automaton({ states: 3, start: [0], final: [2], arcs: [[0, 1, -1, -1, -1], [1, 2, 4, 4, -2]] });
 * const { source, weight } = removeEpsilon(one);
 * [source.length, weight[0]]; // [1, -3]
 */
export function removeEpsilon(of: Automaton, semiring: Semiring = "log"): Automaton {
  const join = joins[semiring];
  const { offsets, order } = outgoing(of);
  const [source, taken, weight]: [number[], number[], number[]] = [[], [], []];
  const final = new Float64Array(of.states).fill(-Infinity);
  closures(of, join).forEach((reached, state) => {
    for (const [next, score] of reached) {
      final[state] = join(final[state], times(score, of.final[next]));
      for (const arc of order.subarray(offsets[next], offsets[next + 1])) {
        if (isEmpty(of, arc)) continue;
        source.push(state);
        taken.push(arc);
        weight.push(times(score, of.weight[arc]));
      }
    }
  });
  const by = (column: Int32Array) => Int32Array.from(taken, (arc) => column[arc]);
  const structure = {
    states: of.states,
    source: Int32Array.from(source),
    target: by(of.target),
    input: by(of.input),
    output: by(of.output),
  };
  const weights = new Float64Array(source.length + 2 * of.states);
  const views = viewsOf(weights, source.length, of.states);
  views.weight.set(weight);
  views.start.set(of.start);
  views.final.set(final);
  const origin = { operation: "removeEpsilon", operands: [of] };
  return connect(assemble(structure, weights, of.symbols, origin));
}
