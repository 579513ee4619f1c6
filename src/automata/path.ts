// One path of an automaton.

import { ABSENT, type Automaton, EPSILON } from "./automaton.js";
import { derive, iota } from "./derive.js";

export interface Path {
  readonly of: Automaton;
  /** First and last state. */
  readonly start: number;
  readonly end: number;
  /** Numbers of the arcs in their order. */
  readonly arcs: Int32Array;
  /** Sum of the weights of start, arcs and end. */
  readonly score: number;
  /** What the arcs read, without epsilons. */
  readonly inputs: Int32Array;
  /** What the arcs say, without epsilons. */
  readonly outputs: Int32Array;
}

/** The path that starts in a state and goes along arcs. */
export function pathOf(of: Automaton, start: number, list: readonly number[]): Path {
  const arcs = Int32Array.from(list);
  const end = arcs.length === 0 ? start : of.target[arcs[arcs.length - 1]];
  const score = arcs.reduce((sum, arc) => sum + of.weight[arc], of.start[start]) + of.final[end];
  const said = (labels: Int32Array) =>
    arcs.map((arc) => labels[arc]).filter((label) => label !== EPSILON);
  return { of, start, end, arcs, score, inputs: said(of.input), outputs: said(of.output) };
}

/**
 * A path as an automaton of its own, through which gradients go to the path's arcs.
 *
 * @example
 * const two = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 5, 5, -1], [0, 1, 6, 6, -2]] });
 * pathAutomaton(viterbiPath(two)!).weight; // Float64Array.of(-1)
 */
export function pathAutomaton({ of, start, end, arcs }: Path): Automaton {
  const states = arcs.length + 1;
  const by = (column: Int32Array) => arcs.map((arc) => column[arc]);
  const structure = {
    states,
    source: iota(arcs.length),
    target: iota(arcs.length).map((at) => at + 1),
    input: by(of.input),
    output: by(of.output),
  };
  const from = new Int32Array(arcs.length + 2 * states).fill(ABSENT);
  from.set(arcs);
  from[arcs.length] = of.source.length + start;
  from[from.length - 1] = of.source.length + of.states + end;
  return derive("pathAutomaton", [of], structure, from, of.symbols);
}
