// Union, concatenation and closure: operands side by side, and epsilon arcs that lead from one's ends to another's
// starts (Thompson 1968). The score of such an arc is that of the end and that of the start.

import { ABSENT, type Automaton, EPSILON, NEUTRAL } from "./automaton.js";
import { commonSymbols, derive, iota } from "./derive.js";

/** An epsilon arc with the terms of its weight. */
interface Bridge {
  readonly source: number;
  readonly target: number;
  readonly terms: readonly [number, number];
}

/** A state as the first or last one of paths: its number, and the index of its weight. */
interface Port {
  readonly state: number;
  readonly weight: number;
}

/** Operands side by side, behind some new states. */
class Row {
  /** First state, and first weight, of each operand. */
  private readonly at: { readonly state: number; readonly weight: number }[] = [];
  private readonly states: number;

  constructor(
    readonly operation: string,
    readonly list: readonly Automaton[],
    readonly added: number,
  ) {
    let [state, weight] = [added, 0];
    for (const { states, weights } of list) {
      this.at.push({ state, weight });
      state += states;
      weight += weights.length;
    }
    this.states = state;
  }

  starts(operand: number): Port[] {
    const { start, source } = this.list[operand];
    return this.ports(operand, start, source.length);
  }

  ends(operand: number): Port[] {
    const { final, source, states } = this.list[operand];
    return this.ports(operand, final, source.length + states);
  }

  private ports(operand: number, weights: Float64Array, begin: number): Port[] {
    const { state, weight } = this.at[operand];
    const there = [...iota(weights.length)].filter((at) => weights[at] !== -Infinity);
    return there.map((at) => ({ state: state + at, weight: weight + begin + at }));
  }

  /** All arcs and the bridges, with the given states as starts and ends. */
  build(bridges: readonly Bridge[], starts: readonly Port[], ends: readonly Port[]): Automaton {
    const { list, states } = this;
    const own = list.reduce((sum, { source }) => sum + source.length, 0);
    const arcs = own + bridges.length;
    const length = arcs + 2 * states;
    const from = new Int32Array(2 * length).fill(NEUTRAL, length);
    const column = () => new Int32Array(arcs).fill(EPSILON);
    const structure = {
      states,
      source: column(),
      target: column(),
      input: column(),
      output: column(),
    };
    let to = 0;
    list.forEach(({ source, target, input, output }, operand) => {
      const { state, weight } = this.at[operand];
      structure.source.set(
        source.map((one) => one + state),
        to,
      );
      structure.target.set(
        target.map((one) => one + state),
        to,
      );
      structure.input.set(input, to);
      structure.output.set(output, to);
      for (let arc = 0; arc < source.length; arc++) from[to++] = weight + arc;
    });
    for (const { source, target, terms } of bridges) {
      structure.source[to] = source;
      structure.target[to] = target;
      [from[to], from[length + to]] = terms;
      to++;
    }
    from.fill(ABSENT, arcs, length);
    for (const { state, weight } of starts) from[arcs + state] = weight;
    for (const { state, weight } of ends) from[arcs + states + state] = weight;
    const symbols = (["input", "output"] as const).map((side) =>
      commonSymbols(
        this.operation,
        list.map((one) => one.symbols[side]),
      ),
    );
    return derive(this.operation, list, structure, from, { input: symbols[0], output: symbols[1] });
  }
}

/**
 * Whatever one of the automata accepts. Of none: nothing.
 *
 * @throws InputError for different alphabets.
 * @example
 * const one = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 3, 3, -1]] });
 * forwardScore(union([one, one])).value; // -0.3068528194400547
 */
export function union(list: readonly Automaton[]): Automaton {
  const row = new Row("union", list, 0);
  const starts = list.flatMap((_, operand) => row.starts(operand));
  return row.build(
    [],
    starts,
    list.flatMap((_, operand) => row.ends(operand)),
  );
}

/**
 * Paths of the first automaton, then of the second, and so on. Of none: the empty string.
 *
 * @throws InputError for different alphabets.
 * @example
 * const one = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 3, 3, -1]] });
 * viterbiPath(concat([one, one]))!.outputs; // Int32Array.of(3, 3)
 */
export function concat(list: readonly Automaton[]): Automaton {
  const empty = { state: 0, weight: NEUTRAL };
  if (list.length === 0) return new Row("concat", list, 1).build([], [empty], [empty]);
  const row = new Row("concat", list, 0);
  const bridges = list.slice(1).flatMap((_, operand) => {
    const next = row.starts(operand + 1);
    return row.ends(operand).flatMap((end) => next.map((start) => bridge(end, start)));
  });
  return row.build(bridges, row.starts(0), row.ends(list.length - 1));
}

const bridge = (end: Port, start: Port): Bridge => ({
  source: end.state,
  target: start.state,
  terms: [end.weight, start.weight],
});

/**
 * Any number of paths of an automaton, one behind the other; none is the empty string, with score 0. Where the
 * automaton accepts the empty string itself, epsilon arcs go round in a circle.
 *
 * @example
 * const one = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 3, 3, -1]] });
 * const three = automaton({ states: 4, start: [0], final: [3], arcs: [[0, 1, 3, 3], [1, 2, 3, 3], [2, 3, 3, 3]] });
 * forwardScore(compose(three, closure(one))).value; // -3
 */
export function closure(of: Automaton): Automaton {
  const row = new Row("closure", [of], 1);
  const middle = { state: 0, weight: NEUTRAL };
  const bridges = [
    ...row.starts(0).map((start) => bridge(middle, start)),
    ...row.ends(0).map((end) => bridge(end, middle)),
  ];
  return row.build(bridges, [middle], [middle]);
}
