// Language models of n tokens in a row, counted from strings, as acceptors. Probabilities are smoothed by Witten and
// Bell (1991, IEEE Transactions on Information Theory 37): of what follows a history, the share T / (count + T) is left
// to the shorter history, T being how many different tokens were seen to follow. That share is an epsilon arc, so a
// string's probability is the sum over its paths (log semiring): for pairs exactly that of Witten and Bell. Of more
// tokens in a row, a path that took a shorter history for one token does not know the longer one for the next.

import { InputError } from "../inputError.js";
import {
  type Arc,
  type Automaton,
  automaton,
  EPSILON,
  type Symbols,
  type Weighted,
} from "./automaton.js";
import { checkLabels } from "./linear.js";

export interface NgramOptions {
  /** How many tokens in a row are counted; 1: each by itself. */
  readonly order: number;
  /** How many labels there are. */
  readonly labels: number;
  /** Their texts. */
  readonly symbols?: Symbols;
}

/** What followed a history, and how often; the end of a string follows as a label of its own. */
interface Followers {
  readonly history: readonly number[];
  readonly counts: Map<number, number>;
  all: number;
}

/** Stands in front of a string's first token. */
const BEGIN = -1;
const MOST_ORDER = 20;

const keyOf = (history: readonly number[]) => history.join(" ");

class Counts {
  readonly of = new Map<string, Followers>();

  constructor(
    private readonly order: number,
    private readonly end: number,
  ) {}

  add(labels: ArrayLike<number>): void {
    const before: number[] = [BEGIN];
    for (let at = 0; at <= labels.length; at++) {
      const label = at < labels.length ? labels[at] : this.end;
      for (let length = 0; length < this.order && length <= before.length; length++) {
        this.count(before.slice(before.length - length), label);
      }
      before.push(label);
      if (before.length >= this.order && before.length > 1) before.shift();
    }
  }

  private count(history: readonly number[], label: number): void {
    const key = keyOf(history);
    let followers = this.of.get(key);
    if (!followers) this.of.set(key, (followers = { history, counts: new Map(), all: 0 }));
    followers.counts.set(label, (followers.counts.get(label) ?? 0) + 1);
    followers.all++;
  }

  /** The longest history that is known, of the last tokens. */
  longest(history: readonly number[]): Followers {
    for (let from = Math.max(0, history.length - this.order + 1); ; from++) {
      const found = this.of.get(keyOf(history.slice(from)));
      if (found) return found;
    }
  }
}

/**
 * The acceptor of all strings with their log-probabilities by n-grams: those of all strings, of whatever length, sum to
 * 1. It has a state for each history that was seen.
 *
 * @param strings labels of each string
 * @throws InputError for an order that is no whole number from 1 to 20, a label that does not exist, no strings.
 * @example
 * const model = countNgrams([[0, 1], [0, 1], [0]], { order: 2, labels: 2 });
 * const probability = (labels: number[]) => Math.exp(forwardScore(compose(stringAcceptor(labels), model)).value);
 * probability([0, 1]) > probability([1, 0]); // true
 */
export function countNgrams(
  strings: Iterable<ArrayLike<number>>,
  options: NgramOptions,
): Automaton {
  const { order, labels: end, symbols } = options;
  if (!(Number.isInteger(order) && order >= 1 && order <= MOST_ORDER)) {
    throw new InputError(
      `n-grams: order ${order}; expected a whole number from 1 to ${MOST_ORDER}`,
    );
  }
  const counts = new Counts(order, end);
  let read = 0;
  for (const labels of strings) {
    checkLabels(`n-grams: string ${read++}`, labels, end);
    counts.add(labels);
  }
  if (read === 0) throw new InputError("n-grams: no strings; expected one at least");
  const states = [...counts.of.values()];
  const numbers = new Map(states.map((followers, at) => [followers, at]));
  const arcs: Arc[] = [];
  const final: Weighted[] = [];
  states.forEach(({ history, counts: followers, all }, state) => {
    const whole = all + followers.size;
    const share = (label: number) => {
      const seen = followers.get(label) ?? 0;
      // Behind the empty history there is only chance: every label, and the end, is as likely as another.
      return history.length > 0 ? seen / whole : (seen + followers.size / (end + 1)) / whole;
    };
    const said = history.length > 0 ? [...followers.keys()] : [...Array(end + 1).keys()];
    for (const label of said.sort((a, b) => a - b)) {
      const weight = Math.log(share(label));
      if (label === end) final.push([state, weight]);
      else
        arcs.push([state, numbers.get(counts.longest([...history, label]))!, label, label, weight]);
    }
    if (history.length === 0) return;
    const shorter = numbers.get(counts.of.get(keyOf(history.slice(1)))!)!;
    arcs.push([state, shorter, EPSILON, EPSILON, Math.log(followers.size / whole)]);
  });
  const start = numbers.get(counts.longest([BEGIN]))!;
  return automaton({
    states: states.length,
    start: [start],
    final,
    arcs,
    symbols: { input: symbols, output: symbols },
  });
}
