// A grammar among a task's constants, which are numbers: it is saved with the weights, whatever becomes of its file.

import {
  type Arc,
  type Automaton,
  automaton,
  readGrammar,
  type Weighted,
} from "../../automata/index.js";
import { InputError } from "../../inputError.js";
import type { Constants, ReadingSettings } from "../task.js";

const finite = (weights: Float64Array): [number, number][] =>
  [...weights.entries()].filter(([, weight]) => weight !== -Infinity);

/**
 * States, counts of arcs, starts and ends, and these one behind the other.
 *
 * @throws InputError for a grammar that says something else than it reads, and as `readGrammar` does.
 */
export function grammarNumbers(
  { text, source }: NonNullable<ReadingSettings["grammar"]>,
  tokens: readonly string[],
): number[] {
  const of = readGrammar(text, { tokens, source });
  const other = of.input.findIndex((label, arc) => label !== of.output[arc]);
  if (other >= 0) {
    throw new InputError(
      `grammar ${source}: it reads ${tokens[of.input[other]] ?? "nothing"} and says ${tokens[of.output[other]] ?? "nothing"}; ` +
        "expected a grammar without colons, which says what it reads",
    );
  }
  const arcs = Array.from(of.source, (from, arc) =>
    // -Infinity, an arc that is none, could not be saved.
    of.weight[arc] === -Infinity ? [] : [[from, of.target[arc], of.input[arc], of.weight[arc]]],
  ).flat();
  const [starts, ends] = [finite(of.start), finite(of.final)];
  return [...[of.states, arcs.length, starts.length, ends.length], ...[arcs, starts, ends].flat(2)];
}

function automatonOf([
  states,
  arcCount,
  startCount,
  endCount,
  ...rest
]: readonly number[]): Automaton {
  const rows = (from: number, count: number, width: number) =>
    Array.from({ length: count }, (_, row) =>
      rest.slice(from + row * width, from + (row + 1) * width),
    );
  const arcs = rows(0, arcCount, 4).map(
    ([from, to, label, weight]): Arc => [from, to, label, label, weight],
  );
  const pairs = (from: number, count: number) => rows(from, count, 2) as unknown as Weighted[];
  const [starts, ends] = [4 * arcCount, 4 * arcCount + 2 * startCount];
  return automaton({
    states,
    arcs,
    start: pairs(starts, startCount),
    final: pairs(ends, endCount),
  });
}

const known = new WeakMap<readonly number[], Automaton>();

/** The grammar among constants; `undefined` where any string will do. */
export function grammarIn({ grammar }: Constants): Automaton | undefined {
  if (!grammar) return undefined;
  let found = known.get(grammar);
  if (!found) known.set(grammar, (found = automatonOf(grammar)));
  return found;
}
