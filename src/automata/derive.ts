// Results of operations: their weights are sums of weights of operands, and they remember which.

import { InputError } from "../inputError.js";
import {
  ABSENT,
  type Alphabets,
  type Automaton,
  assemble,
  type Structure,
  type Symbols,
} from "./automaton.js";

/** Finds operands by index into their weights, which lie one behind the other. Indices come in runs of one operand. */
export class Operands {
  /** The operand found last, by number, and the indices of its weights. */
  at = 0;
  from = 0;
  to = 0;
  private readonly ends: readonly number[];

  constructor(list: readonly Automaton[]) {
    let end = 0;
    this.ends = list.map(({ weights }) => (end += weights.length));
  }

  /** Goes to the operand of an index. */
  find(index: number): void {
    if (index >= this.from && index < this.to) return;
    this.at = this.ends.findIndex((end) => index < end);
    this.from = this.at === 0 ? 0 : this.ends[this.at - 1];
    this.to = this.ends[this.at];
  }
}

/** The score of two things on one path. -Infinity is stronger than Infinity: what is not there has no score. */
export const times = (a: number, b: number): number =>
  a === -Infinity || b === -Infinity ? -Infinity : a + b;

function weightsFrom(list: readonly Automaton[], from: Int32Array, length: number): Float64Array {
  const weights = new Float64Array(length);
  const operands = new Operands(list);
  for (let term = 0; term < from.length; term += length) {
    for (let at = 0; at < length; at++) {
      const index = from[term + at];
      if (index >= 0) {
        operands.find(index);
        weights[at] = times(weights[at], list[operands.at].weights[index - operands.from]);
      } else if (index === ABSENT) {
        weights[at] = -Infinity;
      }
    }
  }
  return weights;
}

/** The result of an operation on operands; `from` as in `Origin`. */
export function derive(
  operation: string,
  operands: readonly Automaton[],
  structure: Structure,
  from: Int32Array,
  symbols: Alphabets,
): Automaton {
  const length = structure.source.length + 2 * structure.states;
  const weights = weightsFrom(operands, from, length);
  return assemble(structure, weights, symbols, { operation, operands, from });
}

/** `from` of a result that takes some weights of one operand: of these arcs, starts and ends. */
export function takenFrom(
  { source, states }: Automaton,
  arcs: Int32Array,
  start: Int32Array,
  final: Int32Array,
): Int32Array {
  const from = new Int32Array(arcs.length + start.length + final.length);
  from.set(arcs);
  const shifted = (list: Int32Array, by: number) =>
    list.map((state) => (state < 0 ? state : state + by));
  from.set(shifted(start, source.length), arcs.length);
  from.set(shifted(final, source.length + states), arcs.length + start.length);
  return from;
}

/** Numbers 0..length-1. */
export function iota(length: number): Int32Array {
  const numbers = new Int32Array(length);
  for (let at = 0; at < length; at++) numbers[at] = at;
  return numbers;
}

const same = (a: Symbols, b: Symbols) =>
  a === b || (a.length === b.length && a.every((text, at) => text === b[at]));

/**
 * The one alphabet of labels that meet.
 *
 * @throws InputError where they have different ones.
 */
export function commonSymbols(
  operation: string,
  all: readonly (Symbols | undefined)[],
): Symbols | undefined {
  const known = all.filter((one) => one !== undefined);
  const other = known.find((one) => !same(one, known[0]));
  if (other === undefined) return known[0];
  const at = other.findIndex((text, label) => text !== known[0][label]);
  const shown = (texts: Symbols) =>
    at < 0 || at >= texts.length ? "nothing" : JSON.stringify(texts[at]);
  throw new InputError(
    `${operation}: different alphabets, of ${known[0].length} and ${other.length} labels; ` +
      `label ${Math.max(at, 0)} is ${shown(known[0])} and ${shown(other)}; expected the same`,
  );
}
