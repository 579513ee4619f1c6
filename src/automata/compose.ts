// Composition: what one transducer says, the other reads. Epsilons go through the three-state filter of Mohri (2009,
// "Weighted automata algorithms", section 5.1), so that a pair of paths makes one path, in whatever order they move.

import { InputError } from "../inputError.js";
import { outgoingBy, type SortedArcs } from "./adjacency.js";
import { ABSENT, type Automaton, EPSILON, NEUTRAL } from "./automaton.js";
import { coaccessible, renumber } from "./connect.js";
import { commonSymbols, derive, iota } from "./derive.js";
import { StateTable } from "./stateTable.js";

/** Arcs in the order of the states that they leave. */
class Moves {
  /** Target, arc of the left, arc of the right of each; -1: that side does not move. */
  list = new Int32Array(3 * 4096);
  length = 0;

  push(target: number, left: number, right: number): void {
    if (this.length + 3 > this.list.length) {
      const list = new Int32Array(2 * this.list.length);
      list.set(this.list);
      this.list = list;
    }
    this.list[this.length++] = target;
    this.list[this.length++] = left;
    this.list[this.length++] = right;
  }
}

/** The first place from `at` on whose label is not below. Steps double, so that close ones are found at once. */
function seek(labels: Int32Array, at: number, end: number, label: number): number {
  if (at >= end || labels[at] >= label) return at;
  // Labels without gaps, as the classes of a frame have them, are where they are expected.
  const guess = at + label - labels[at];
  if (guess < end && labels[guess] === label && labels[guess - 1] < label) return guess;
  let step = 1;
  while (at + step < end && labels[at + step] < label) {
    at += step;
    step *= 2;
  }
  let below = at;
  let beyond = Math.min(at + step, end);
  while (beyond - below > 1) {
    const middle = (below + beyond) >> 1;
    if (labels[middle] < label) below = middle;
    else beyond = middle;
  }
  return beyond;
}

/** States are keyed by (left * right states + right) * filters + filter. */
class Composition {
  readonly a: SortedArcs;
  readonly b: SortedArcs;
  /** 3 where both sides may move by epsilon; else every order is the only one, and no filter is needed. */
  readonly filters: number;
  readonly table: StateTable;
  readonly moves = new Moves();
  /** Arcs of the states up to each. */
  readonly offsets: number[] = [0];

  constructor(
    readonly left: Automaton,
    readonly right: Automaton,
  ) {
    this.a = outgoingBy(left, "output");
    this.b = outgoingBy(right, "input");
    this.filters = left.output.includes(EPSILON) && right.input.includes(EPSILON) ? 3 : 1;
    this.table = new StateTable(left.states * right.states * this.filters);
  }

  numberOf(a: number, b: number, filter: number): number {
    const three = this.filters === 3 ? filter : 0;
    return this.table.of((a * this.right.states + b) * this.filters + three);
  }

  /** All states that paths lead to, breadth first. Returns how many of the first ones are starts. */
  explore(): number {
    const starts = (of: Automaton) => iota(of.states).filter((at) => of.start[at] !== -Infinity);
    const right = starts(this.right);
    for (const a of starts(this.left)) for (const b of right) this.numberOf(a, b, 0);
    const started = this.table.count;
    for (let at = 0; at < this.table.count; at++) {
      const { a, b, filter } = this.stateAt(at);
      this.leave(a, b, filter);
      this.offsets.push(this.moves.length / 3);
    }
    return started;
  }

  stateAt(at: number): { readonly a: number; readonly b: number; readonly filter: number } {
    const key = this.table.keys[at];
    const pair = Math.floor(key / this.filters);
    const a = Math.floor(pair / this.right.states);
    return { a, b: pair - a * this.right.states, filter: key - pair * this.filters };
  }

  private leave(a: number, b: number, filter: number): void {
    const i = this.a.offsets[a];
    const j = this.b.offsets[b];
    const [iEnd, jEnd] = [this.a.offsets[a + 1], this.b.offsets[b + 1]];
    // Epsilons are the least labels.
    const iReal = seek(this.a.labels, i, iEnd, 0);
    const jReal = seek(this.b.labels, j, jEnd, 0);
    this.match(iReal, iEnd, jReal, jEnd);
    this.moveFreely(a, b, filter, [i, iReal], [j, jReal]);
  }

  /** Both read the same label, from any filter state to 0. The side with fewer arcs looks its labels up in the other. */
  private match(i: number, iEnd: number, j: number, jEnd: number): void {
    const { a, b, left, right, moves } = this;
    if (iEnd - i <= jEnd - j) {
      for (let k = j; i < iEnd; i++) {
        k = seek(b.labels, k, jEnd, a.labels[i]);
        const arc = a.order[i];
        for (let at = k; at < jEnd && b.labels[at] === a.labels[i]; at++) {
          const other = b.order[at];
          moves.push(this.numberOf(left.target[arc], right.target[other], 0), arc, other);
        }
      }
    } else {
      for (let k = i; j < jEnd; j++) {
        k = seek(a.labels, k, iEnd, b.labels[j]);
        const other = b.order[j];
        for (let at = k; at < iEnd && a.labels[at] === b.labels[j]; at++) {
          const arc = a.order[at];
          moves.push(this.numberOf(left.target[arc], right.target[other], 0), arc, other);
        }
      }
    }
  }

  /**
   * Epsilons: both from filter state 0 to 0, the left alone from 0 and 1 to 1, the right alone from 0 and 2 to 2. Where
   * the other side has no epsilons here, there is nothing to keep back, and state 0 does as well.
   */
  private moveFreely(
    a: number,
    b: number,
    filter: number,
    [i, iReal]: readonly [number, number],
    [j, jReal]: readonly [number, number],
  ): void {
    const { left, right, moves } = this;
    const [afterLeft, afterRight] = [j < jReal ? 1 : 0, i < iReal ? 2 : 0];
    for (let at = i; at < iReal; at++) {
      const arc = this.a.order[at];
      if (filter !== 2) moves.push(this.numberOf(left.target[arc], b, afterLeft), arc, NEUTRAL);
      if (filter !== 0) continue;
      for (let k = j; k < jReal; k++) {
        const other = this.b.order[k];
        moves.push(this.numberOf(left.target[arc], right.target[other], 0), arc, other);
      }
    }
    if (filter === 1) return;
    for (let k = j; k < jReal; k++) {
      const other = this.b.order[k];
      moves.push(this.numberOf(a, right.target[other], afterRight), NEUTRAL, other);
    }
  }
}

/** The states of a composition that lie on a path, as pairs, and the new number of each state. */
function alive(of: Composition) {
  const { left, right, table, moves, offsets } = of;
  const [source, target] = [new Int32Array(moves.length / 3), new Int32Array(moves.length / 3)];
  const [a, b] = [new Int32Array(table.count), new Int32Array(table.count)];
  const ends = new Uint8Array(table.count);
  for (let at = 0; at < table.count; at++) {
    source.fill(at, offsets[at], offsets[at + 1]);
    ({ a: a[at], b: b[at] } = of.stateAt(at));
    ends[at] = left.final[a[at]] !== -Infinity && right.final[b[at]] !== -Infinity ? 1 : 0;
  }
  for (let k = 0; k < target.length; k++) target[k] = moves.list[3 * k];
  const { kept, to } = renumber(coaccessible(ends, source, target));
  let arcs = 0;
  for (let k = 0; k < target.length; k++) if (to[target[k]] >= 0) arcs++;
  return { source, a, b, kept, to, arcs };
}

/** The composition without the states from which no path leads to an end; the first `started` ones are starts. */
function finish(of: Composition, started: number): Automaton {
  const { left, right, moves } = of;
  const { source, a, b, kept, to, arcs } = alive(of);
  const column = () => new Int32Array(arcs);
  const structure = {
    states: kept.length,
    source: column(),
    target: column(),
    input: column(),
    output: column(),
  };
  const length = arcs + 2 * kept.length;
  const from = new Int32Array(2 * length);
  const second = left.weights.length;
  let at = 0;
  for (let k = 0; k < source.length; k++) {
    const target = to[moves.list[3 * k]];
    // What leads to an end starts where an end can be reached.
    if (target < 0) continue;
    const [arc, other] = [moves.list[3 * k + 1], moves.list[3 * k + 2]];
    structure.source[at] = to[source[k]];
    structure.target[at] = target;
    structure.input[at] = arc < 0 ? EPSILON : left.input[arc];
    structure.output[at] = other < 0 ? EPSILON : right.output[other];
    from[at] = arc < 0 ? NEUTRAL : arc;
    from[length + at] = other < 0 ? NEUTRAL : second + other;
    at++;
  }
  const [starts, otherStarts] = [left.source.length, second + right.source.length];
  for (const state of kept) {
    from[at] = state < started ? starts + a[state] : ABSENT;
    from[length + at] = state < started ? otherStarts + b[state] : ABSENT;
    from[kept.length + at] = starts + left.states + a[state];
    from[length + kept.length + at] = otherStarts + right.states + b[state];
    at++;
  }
  const symbols = { input: left.symbols.input, output: right.symbols.output };
  return derive("compose", [left, right], structure, from, symbols);
}

/**
 * The transducer that reads what `left` reads and says what `right` says, through all that `left` says and `right`
 * reads: scores of the two paths are added. It has only states on a path from a start to an end, and none without a
 * path. Arcs that share a label are found by search in sorted lists, the shorter in the longer.
 *
 * @throws InputError where `left` has output symbols other than the input symbols of `right`.
 * @example
 * const a = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 0, 7, -1]] });
 * const b = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 7, 3, -2], [0, 1, 8, 4]] });
 * viterbiScore(compose(a, b)).value; // -3
 */
export function compose(left: Automaton, right: Automaton): Automaton {
  commonSymbols("compose", [left.symbols.output, right.symbols.input]);
  const composition = new Composition(left, right);
  return finish(composition, composition.explore());
}

/**
 * Composition of two acceptors: what both accept, with the sum of their scores.
 *
 * @throws InputError for an arc whose input and output differ, and as `compose`.
 * @example
 * const a = automaton({ states: 1, start: [0], final: [0], arcs: [[0, 0, 1, 1, -1], [0, 0, 2, 2, -1]] });
 * const word = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 2, 2]] });
 * viterbiScore(intersect(a, word)).value; // -1
 */
export function intersect(left: Automaton, right: Automaton): Automaton {
  for (const one of [left, right]) {
    const arc = one.input.findIndex((label, at) => label !== one.output[at]);
    if (arc < 0) continue;
    throw new InputError(
      `intersect: arc ${arc} reads ${one.input[arc]} and says ${one.output[arc]}; expected acceptors, or compose()`,
    );
  }
  return compose(left, right);
}
