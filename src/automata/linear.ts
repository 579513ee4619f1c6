// Automata of one line of states: frames with a score for each class, and strings.

import { InputError } from "../inputError.js";
import { type Automaton, assemble, checkNumbers, type Symbols } from "./automaton.js";
import { iota } from "./derive.js";

/** States 0..steps in a line with `width` arcs from each to the next; paths start in the first and end in the last. */
function line(
  steps: number,
  width: number,
  labels: Int32Array,
  scores: ArrayLike<number>,
  symbols?: Symbols,
) {
  const source = iota(steps * width).map((arc) => Math.floor(arc / width));
  const target = source.map((state) => state + 1);
  const states = steps + 1;
  const weights = new Float64Array(source.length + 2 * states).fill(-Infinity, source.length);
  weights.set(scores);
  weights[source.length] = 0;
  weights[weights.length - 1] = 0;
  const structure = { states, source, target, input: labels, output: labels };
  return assemble(structure, weights, { input: symbols, output: symbols });
}

/**
 * Refuses labels that are no whole numbers from 0, or that have no symbol.
 *
 * @throws InputError naming the first one.
 */
export function checkLabels(where: string, labels: ArrayLike<number>, classes: number): void {
  for (let at = 0; at < labels.length; at++) {
    if (Number.isInteger(labels[at]) && labels[at] >= 0 && labels[at] < classes) continue;
    throw new InputError(
      `${where}: label ${at} is ${labels[at]}; expected a whole number from 0 to ${classes - 1}`,
    );
  }
}

/** Whatever an Int32Array holds may be a label. */
export const MOST_LABEL = 2 ** 31 - 1;

/**
 * The acceptor of all strings of as many labels as there are frames, from the scores of a net: an arc for each frame
 * and class, in that order. The gradient by its `weight` is that by the scores, [frames, classes].
 *
 * @param scores logits or log-probabilities [frames, classes], row by row
 * @throws InputError for another number of scores, and for NaN.
 * @example
 * const net = emissions([0, -1, -3, -0.5], 2, 2);
 * viterbiPath(net)!.outputs; // Int32Array.of(0, 1)
 */
export function emissions(
  scores: ArrayLike<number>,
  frames: number,
  classes: number,
  symbols?: Symbols,
): Automaton {
  checkNumbers(
    `emissions of ${frames} frames and ${classes} classes: scores`,
    scores,
    frames * classes,
  );
  const labels = iota(frames * classes).map((arc) => arc % classes);
  return line(frames, classes, labels, scores, symbols);
}

/**
 * The acceptor of one string, with score 0.
 *
 * @throws InputError for a label that is no whole number from 0, or has no symbol.
 * @example
 * stringAcceptor([4, 2]).states; // 3
 */
export function stringAcceptor(labels: ArrayLike<number>, symbols?: Symbols): Automaton {
  checkLabels("stringAcceptor", labels, symbols?.length ?? MOST_LABEL);
  return line(labels.length, 1, Int32Array.from(labels), new Float64Array(labels.length), symbols);
}
