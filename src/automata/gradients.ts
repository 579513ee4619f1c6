// Reverse mode over automata: a score's gradient goes from each result to the weights that its own are sums of.

import { InputError } from "../inputError.js";
import { type Automaton, viewsOf, type Weights } from "./automaton.js";
import { Operands } from "./derive.js";
import type { Score } from "./score.js";

/** The automata between a score and what is asked for, each in front of its operands. */
function between(score: Score, wanted: ReadonlySet<Automaton>): Automaton[] {
  const needed = new Map<Automaton, boolean>();
  const behind: Automaton[] = [];
  const stack = score.terms.map(({ automaton }) => automaton);
  while (stack.length > 0) {
    const one = stack[stack.length - 1];
    const operands = one.origin?.operands ?? [];
    const open = operands.filter((operand) => !needed.has(operand));
    if (open.length > 0 && !needed.has(one)) {
      stack.push(...open);
      continue;
    }
    stack.pop();
    if (needed.has(one)) continue;
    const below = operands.some((operand) => needed.get(operand));
    needed.set(one, below || wanted.has(one));
    if (needed.get(one)) behind.push(one);
    if (below && one.origin!.from === undefined) {
      throw new InputError(
        `gradients: ${one.origin!.operation} has no gradient; expected only operations that have one between score and automaton`,
      );
    }
  }
  return behind.reverse();
}

/** Adds a result's gradient to those of its operands that are there. */
function passOn(of: Automaton, gradient: Float64Array, to: Map<Automaton, Float64Array>): void {
  const { operands: list, from } = of.origin!;
  const operands = new Operands(list);
  const own = list.map((operand) => to.get(operand));
  const { length } = gradient;
  for (let term = 0; term < from!.length; term += length) {
    for (let at = 0; at < length; at++) {
      const index = from![term + at];
      if (index < 0) continue;
      operands.find(index);
      const numbers = own[operands.at];
      if (numbers) numbers[index - operands.from] += gradient[at];
    }
  }
}

/**
 * The gradients of a score by the weights of automata that it was worked out from, in their order: zero where an
 * automaton has no part in it, and everywhere where the score is not finite (no path).
 *
 * @throws InputError where an operation without gradient lies between, as `removeEpsilon` does.
 * @example
 * const word = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 0, 0], [0, 1, 1, 1]] });
 * const [{ weight }] = gradients(forwardScore(union([word, word])), [word]);
 * weight; // Float64Array.of(0.5, 0.5)
 */
export function gradients(score: Score, by: readonly Automaton[]): Weights[] {
  const path = between(score, new Set(by));
  const found = new Map(path.map((one) => [one, new Float64Array(one.weights.length)] as const));
  if (Number.isFinite(score.value)) {
    for (const { automaton, factor, gradient } of score.terms) {
      const to = found.get(automaton);
      if (to) addTo(to, gradient(), factor);
    }
    for (const one of path) if (one.origin?.from) passOn(one, found.get(one)!, found);
  }
  return by.map((one) => {
    const numbers = found.get(one) ?? new Float64Array(one.weights.length);
    return viewsOf(numbers, one.source.length, one.states);
  });
}

function addTo(to: Float64Array, numbers: Float64Array, factor: number): void {
  for (let at = 0; at < to.length; at++) to[at] += factor * numbers[at];
}
