// Scores of automata as numbers that know their gradient.

import type { Automaton } from "./automaton.js";

/** A number worked out from automata. */
export interface Score {
  /**
   * In natural log. -Infinity: there is no path. A difference in which a score without path is subtracted is Infinity.
   * A training step leaves out a sample whose loss is not finite; its gradients are zero.
   */
  readonly value: number;
  readonly terms: readonly Term[];
}

/** `factor` times a score of one automaton. */
export interface Term {
  readonly factor: number;
  readonly automaton: Automaton;
  /** Of the score by the automaton's `weights`. */
  gradient(): Float64Array;
}

/**
 * The sum of two scores.
 *
 * @example
 * const one = automaton({ states: 1, start: [0], final: [[0, -2]], arcs: [] });
 * add(forwardScore(one), viterbiScore(one)).value; // -4
 */
export const add = (a: Score, b: Score): Score => ({
  value: notNaN(a.value + b.value),
  terms: [...a.terms, ...b.terms],
});

/**
 * A score times -1: `negate(forwardScore(emissions))` is a loss.
 *
 * @example
 * const one = automaton({ states: 1, start: [0], final: [[0, -2]], arcs: [] });
 * negate(forwardScore(one)).value; // 2
 */
export const negate = ({ value, terms }: Score): Score => ({
  value: 0 - value,
  terms: terms.map((term) => ({ ...term, factor: -term.factor })),
});

/**
 * The difference of two scores.
 *
 * @example
 * const one = automaton({ states: 1, start: [0], final: [[0, -2]], arcs: [] });
 * subtract(forwardScore(one), forwardScore(one)).value; // 0
 */
export const subtract = (a: Score, b: Score): Score => add(a, negate(b));

/** Two scores without path, one of them subtracted, leave no number; there is still no path. */
const notNaN = (value: number) => (Number.isNaN(value) ? Infinity : value);
