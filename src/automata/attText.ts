// The text of AT&T's finite-state tools, which OpenFst reads and prints (Allauzen et al. 2007): a line
// `source target input output cost` for each arc, `state cost` for each end, the start's line first. A cost is a
// weight times -1; label 0 is epsilon, so that labels are one more than here.

import { InputError } from "../inputError.js";
import { brief } from "../text/words.js";
import { outgoing } from "./adjacency.js";
import { type Arc, type Automaton, automaton, type Weighted } from "./automaton.js";
import { iota } from "./derive.js";

const costOf = (weight: number) => (weight === 0 ? "0" : `${-weight}`);

/**
 * An automaton as text, in full precision. The format has one start without a weight: where there are several, or one
 * with a weight, a state with epsilons to them is put behind the others.
 *
 * @example
 * toAttText(automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 6, -1, -0.5]] })); // "0\t1\t7\t0\t0.5\n1\t0\n"
 */
export function toAttText(of: Automaton): string {
  const { states, target, input, output, weight, start, final } = of;
  const { offsets, order } = outgoing(of);
  const starts = [...iota(states)].filter((state) => start[state] !== -Infinity);
  const single = starts.length === 1 && start[starts[0]] === 0;
  const first = single ? starts[0] : states;
  const line = (...cells: (number | string)[]) => `${cells.join("\t")}\n`;
  const entries = starts.map((state) => line(first, state, 0, 0, costOf(start[state])));
  const linesOf = (state: number) => [
    ...[...order.subarray(offsets[state], offsets[state + 1])].map((arc) =>
      line(state, target[arc], input[arc] + 1, output[arc] + 1, costOf(weight[arc])),
    ),
    ...(final[state] === -Infinity ? [] : [line(state, costOf(final[state]))]),
  ];
  const others = [...iota(states)].filter((state) => state !== first);
  return [...(single ? linesOf(first) : entries), ...others.flatMap(linesOf)].join("");
}

/** Reads one line's numbers, and says what is wrong with them. */
class Line {
  constructor(
    readonly cells: readonly string[],
    private readonly where: string,
  ) {}

  refuse(found: string, expected: string): never {
    throw new InputError(`${this.where}: ${found}; expected ${expected}`);
  }

  whole(at: number, what: string): number {
    const cell = this.cells[at];
    if (/^\d{1,9}$/.test(cell)) return Number(cell);
    return this.refuse(`${what} is "${brief(cell)}"`, "a whole number from 0");
  }

  /** The weight of a cost that may be left out. */
  weight(at: number): number {
    const cell = this.cells[at];
    if (cell === undefined) return 0;
    const cost = Number(cell);
    if (cell !== "" && !Number.isNaN(cost)) return cost === 0 ? 0 : -cost;
    return this.refuse(`the cost is "${brief(cell)}"`, "a number");
  }
}

/**
 * An automaton from text. The state of the first line is the start; costs that are left out are 0.
 *
 * @param source where the text comes from, for messages
 * @throws InputError naming a line that is neither an arc nor an end.
 * @example
 * viterbiScore(fromAttText("0 1 7 0 0.5\n1\n", "two.txt")).value; // -0.5
 */
export function fromAttText(text: string, source: string): Automaton {
  const arcs: Arc[] = [];
  const final: Weighted[] = [];
  let [first, states] = [-1, 0];
  text.split(/\r?\n/).forEach((content, at) => {
    const cells = content.trim().split(/\s+/);
    if (cells[0] === "") return;
    const line = new Line(cells, `${source}, line ${at + 1}`);
    const from = line.whole(0, "the state");
    if (first < 0) first = from;
    states = Math.max(states, from + 1);
    if (cells.length <= 2) {
      final.push([from, line.weight(1)]);
      return;
    }
    if (cells.length < 4 || cells.length > 5) {
      line.refuse(
        `${cells.length} fields`,
        "an arc (source target input output cost) or an end (state cost)",
      );
    }
    const to = line.whole(1, "the target");
    states = Math.max(states, to + 1);
    const [input, output] = [line.whole(2, "the input"), line.whole(3, "the output")];
    arcs.push([from, to, input - 1, output - 1, line.weight(4)]);
  });
  return automaton({ states, start: first < 0 ? [] : [first], final, arcs });
}
