// Weighted finite-state transducers as data. A weight is the natural logarithm of a score: weights along a path are
// added, 0 is neutral, -Infinity says that there is no such arc, start or end. Everything an automaton weighs lies in
// one vector, so that an operation says in one list where its result's weights come from. The model is GTN (Hannun,
// Pratap, Kahn and Hsu 2020, "Differentiable weighted finite-state transducers", arXiv 2010.01003).

import { InputError } from "../inputError.js";

/** The label of an arc that reads, or says, nothing. */
export const EPSILON = -1;

/** Texts of labels: entry `i` is that of label `i`. */
export type Symbols = readonly string[];

/** What two automata must agree on where they meet; undefined fits everything. */
export interface Alphabets {
  readonly input?: Symbols;
  readonly output?: Symbols;
}

/** Arcs without weights: entry `k` of each array belongs to arc `k`. */
export interface Structure {
  readonly states: number;
  readonly source: Int32Array;
  readonly target: Int32Array;
  /** Labels from 0, or {@link EPSILON}. */
  readonly input: Int32Array;
  readonly output: Int32Array;
}

/** Numbers for all that an automaton weighs. */
export interface Weights {
  /** Of arcs [arcs]. */
  readonly weight: Float64Array;
  /** Of states as the first one of a path [states]; -Infinity: none starts here. */
  readonly start: Float64Array;
  /** Of states as the last one of a path [states]; -Infinity: none ends here. */
  readonly final: Float64Array;
}

/**
 * An automaton, which nothing changes once it is made. A path's score is the sum of its start, its arcs and its end.
 * Where all arcs have `input` equal to `output` it is an *acceptor*.
 */
export interface Automaton extends Structure, Weights {
  /** `weight`, `start` and `final`, one behind the other [arcs + 2 states]: the three are views of it. */
  readonly weights: Float64Array;
  readonly symbols: Alphabets;
  /** Where the weights came from; undefined: they were given. */
  readonly origin?: Origin;
}

/** Weights as sums of weights of operands, which is all that gradients need to know of an operation. */
export interface Origin {
  readonly operation: string;
  readonly operands: readonly Automaton[];
  /**
   * Terms of each weight [terms, weights]: an index into the operands' weights, one operand's behind the other's, or
   * {@link NEUTRAL} or {@link ABSENT}. Undefined: the operation has no gradient.
   */
  readonly from?: Int32Array;
}

/** A term that adds nothing. */
export const NEUTRAL = -1;
/** A term of -Infinity. */
export const ABSENT = -2;

/** The three views of numbers that lie as an automaton's weights do. */
export function viewsOf(weights: Float64Array, arcs: number, states: number): Weights {
  return {
    weight: weights.subarray(0, arcs),
    start: weights.subarray(arcs, arcs + states),
    final: weights.subarray(arcs + states),
  };
}

/** An automaton of parts that fit, unchecked. */
export function assemble(
  structure: Structure,
  weights: Float64Array,
  symbols: Alphabets = {},
  origin?: Origin,
): Automaton {
  const { states, source, target, input, output } = structure;
  const views = viewsOf(weights, source.length, states);
  return { states, source, target, input, output, weights, ...views, symbols, origin };
}

/** A state, with weight 0, or with its own. */
export type Weighted = number | readonly [state: number, weight: number];

/** One arc; the weight is 0 where it is left out. */
export type Arc = readonly [
  source: number,
  target: number,
  input: number,
  output: number,
  weight?: number,
];

export interface AutomatonSpec {
  readonly states: number;
  /** States in which paths start, and end. */
  readonly start: readonly Weighted[];
  readonly final: readonly Weighted[];
  readonly arcs: readonly Arc[];
  readonly symbols?: Alphabets;
}

const isWhole = (value: number, least: number, below: number) =>
  Number.isInteger(value) && value >= least && value < below;

/** Labels are 32-bit integers. */
const MOST_LABELS = 2 ** 31 - 1;

/**
 * An automaton from lists.
 *
 * @throws InputError for states and labels that do not exist, a weight that is NaN, a state that starts or ends twice.
 * @example
 * const twice = automaton({ states: 2, start: [0], final: [[1, -0.5]], arcs: [[0, 1, 7, 7, -1], [0, 1, 8, 8]] });
 * viterbiScore(twice).value; // -0.5
 */
export function automaton({ states, start, final, arcs, symbols }: AutomatonSpec): Automaton {
  if (!isWhole(states, 0, MOST_LABELS)) {
    throw new InputError(`automaton: ${states} states; expected a whole number from 0`);
  }
  const weights = new Float64Array(arcs.length + 2 * states);
  weights.fill(-Infinity, arcs.length);
  const views = viewsOf(weights, arcs.length, states);
  arcs.forEach((arc, at) => {
    checkArc(arc, at, states, symbols);
    views.weight[at] = arc[4] ?? 0;
  });
  fillStates(views.start, start, "start");
  fillStates(views.final, final, "final");
  const column = (at: 0 | 1 | 2 | 3) => Int32Array.from(arcs, (arc) => arc[at]);
  const structure = {
    states,
    source: column(0),
    target: column(1),
    input: column(2),
    output: column(3),
  };
  return assemble(structure, weights, symbols);
}

function checkArc(arc: Arc, at: number, states: number, symbols: Alphabets = {}): void {
  const [source, target, input, output, weight = 0] = arc;
  for (const state of [source, target]) {
    if (isWhole(state, 0, states)) continue;
    throw new InputError(`automaton: arc ${at} names state ${state}; expected 0 to ${states - 1}`);
  }
  for (const [label, texts] of [
    [input, symbols.input],
    [output, symbols.output],
  ] as const) {
    const labels = texts?.length ?? MOST_LABELS;
    if (isWhole(label, EPSILON, labels)) continue;
    throw new InputError(
      `automaton: arc ${at} has label ${label}; expected a whole number from 0 to ${labels - 1}, or -1 for none`,
    );
  }
  if (Number.isNaN(weight)) throw new InputError(`automaton: arc ${at} has weight NaN`);
}

function fillStates(to: Float64Array, given: readonly Weighted[], what: string): void {
  const seen = new Set<number>();
  for (const one of given) {
    const [state, weight] = typeof one === "number" ? [one, 0] : one;
    if (!isWhole(state, 0, to.length)) {
      throw new InputError(
        `automaton: ${what} state ${state}; expected a whole number below ${to.length}`,
      );
    }
    if (seen.has(state)) throw new InputError(`automaton: ${what} state ${state} is named twice`);
    if (Number.isNaN(weight)) {
      throw new InputError(`automaton: ${what} state ${state} has weight NaN`);
    }
    seen.add(state);
    to[state] = weight;
  }
}

/**
 * The same arcs with other weights, as they are after a step of training. Views that are left out stay.
 *
 * @throws InputError for a list of another length, and for NaN.
 * @example
 * const one = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 3, 3]] });
 * forwardScore(withWeights(one, { weight: [-2] })).value; // -2
 */
export function withWeights(
  of: Automaton,
  given: Partial<Readonly<Record<keyof Weights, ArrayLike<number>>>>,
): Automaton {
  const weights = of.weights.slice();
  const views = viewsOf(weights, of.source.length, of.states);
  for (const name of ["weight", "start", "final"] as const) {
    const values = given[name];
    if (values === undefined) continue;
    checkNumbers(`withWeights: ${name}`, values, views[name].length);
    views[name].set(values);
  }
  return assemble(of, weights, of.symbols);
}

/**
 * Refuses weights that are too many, too few, or NaN.
 *
 * @throws InputError saying which.
 */
export function checkNumbers(where: string, values: ArrayLike<number>, length: number): void {
  if (values.length !== length) {
    throw new InputError(`${where} has ${values.length} numbers; expected ${length}`);
  }
  for (let at = 0; at < length; at++) {
    if (Number.isNaN(values[at])) throw new InputError(`${where} has NaN at ${at}`);
  }
}
