// Scores of automata as numbers that know their gradient.

import { InputError } from "../inputError.js";
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

/** Refuses what is no score, as an automaton is none. */
function checkScores(asker: string, ...scores: readonly Score[]): void {
  const at = scores.findIndex(({ value, terms }) => typeof value !== "number" || !terms);
  if (at >= 0) {
    throw new InputError(
      `${asker}: operand ${at} is no score; expected one, as forwardScore() gives`,
    );
  }
}

/**
 * The sum of two scores.
 *
 * @throws InputError for what is no score.
 * @example
 * const one = automaton({ states: 1, start: [0], final: [[0, -2]], arcs: [] });
 * addScores(forwardScore(one), viterbiScore(one)).value; // -4
 */
export function addScores(a: Score, b: Score): Score {
  checkScores("addScores", a, b);
  return { value: notNaN(a.value + b.value), terms: [...a.terms, ...b.terms] };
}

/**
 * A score times -1: `negateScore(forwardScore(emissions))` is a loss.
 *
 * @throws InputError for what is no score.
 * @example
 * const one = automaton({ states: 1, start: [0], final: [[0, -2]], arcs: [] });
 * negateScore(forwardScore(one)).value; // 2
 */
export function negateScore(of: Score): Score {
  checkScores("negateScore", of);
  const terms = of.terms.map((term) => ({ ...term, factor: -term.factor }));
  return { value: 0 - of.value, terms };
}

/**
 * The difference of two scores.
 *
 * @throws InputError for what is no score.
 * @example
 * const one = automaton({ states: 1, start: [0], final: [[0, -2]], arcs: [] });
 * subtractScores(forwardScore(one), forwardScore(one)).value; // 0
 */
export function subtractScores(a: Score, b: Score): Score {
  checkScores("subtractScores", a, b);
  return addScores(a, negateScore(b));
}

/** Two scores without path, one of them subtracted, leave no number; there is still no path. */
const notNaN = (value: number) => (Number.isNaN(value) ? Infinity : value);
