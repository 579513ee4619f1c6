// Random automata without cycles, and all that they accept, path by path.

import { type Arc, type Automaton, automaton, EPSILON } from "../../src/automata/index.js";
import { Random } from "../../src/tensor/philox.js";

/** Arcs lead to later states; a third of the labels is epsilon; several starts and ends with weights. */
export function randomAutomaton(seed: number, labels = 3, acceptor = false): Automaton {
  const random = new Random({ seed, purpose: "search" });
  const states = 2 + random.integer(6);
  const weight = () => Number((3 * random.normal()).toFixed(3));
  const label = () => (random.uniform() < 1 / 3 ? EPSILON : random.integer(labels));
  const arcs = Array.from({ length: 1 + random.integer(12) }, (): Arc => {
    const source = random.integer(states - 1);
    const target = source + 1 + random.integer(states - 1 - source);
    const input = label();
    return [source, target, input, acceptor ? input : label(), weight()];
  });
  const some = (first: number) =>
    Array.from({ length: states }, (_, state) => [state, weight()] as const).filter(
      ([state]) => state === first || random.uniform() < 0.15,
    );
  // A state in which nothing starts and that no arc enters is refused where it leads to an end.
  const entered = new Set(arcs.map(([, target]) => target));
  const start = some(0);
  for (let state = 1; state < states; state++) {
    if (!entered.has(state) && !start.some(([one]) => one === state)) start.push([state, weight()]);
  }
  return automaton({ states, start, final: some(states - 1), arcs });
}

export interface FullPath {
  readonly arcs: readonly number[];
  readonly start: number;
  readonly end: number;
  readonly score: number;
  /** Labels without epsilons, joined by blanks. */
  readonly input: string;
  readonly output: string;
}

/** Every path of an automaton without cycles. */
export function pathsOf(of: Automaton): FullPath[] {
  const found: FullPath[] = [];
  const text = (labels: Int32Array, arcs: readonly number[]) =>
    arcs
      .map((arc) => labels[arc])
      .filter((label) => label !== EPSILON)
      .join(" ");
  const walk = (start: number, state: number, arcs: readonly number[], score: number) => {
    if (of.final[state] !== -Infinity) {
      const [input, output] = [text(of.input, arcs), text(of.output, arcs)];
      found.push({ arcs, start, end: state, score: score + of.final[state], input, output });
    }
    of.source.forEach((source, arc) => {
      if (source === state) walk(start, of.target[arc], [...arcs, arc], score + of.weight[arc]);
    });
  };
  of.start.forEach((weight, state) => {
    if (weight !== -Infinity) walk(state, state, [], weight);
  });
  return found;
}

export function logSum(scores: readonly number[]): number {
  const most = Math.max(...scores);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0));
}

/** The log of the summed scores of each pair of strings, as `input:output`. */
export function relationOf(of: Automaton): Map<string, number> {
  const scores = new Map<string, number[]>();
  for (const { input, output, score } of pathsOf(of)) {
    const key = `${input}:${output}`;
    scores.set(key, [...(scores.get(key) ?? []), score]);
  }
  return new Map([...scores].map(([key, all]) => [key, logSum(all)]));
}

/** The relation of two relations, by every pair of what they share. */
export function composedRelation(
  left: ReadonlyMap<string, number>,
  right: ReadonlyMap<string, number>,
): Map<string, number> {
  const scores = new Map<string, number[]>();
  for (const [one, score] of left) {
    const [input, said] = one.split(":");
    for (const [other, more] of right) {
      const [read, output] = other.split(":");
      if (said !== read) continue;
      const key = `${input}:${output}`;
      scores.set(key, [...(scores.get(key) ?? []), score + more]);
    }
  }
  return new Map([...scores].map(([key, all]) => [key, logSum(all)]));
}

/** The greatest difference of two relations; Infinity where one has a pair that the other lacks. */
export function relationGap(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): number {
  const keys = new Set([...a.keys(), ...b.keys()]);
  return Math.max(
    0,
    ...[...keys].map((key) => Math.abs((a.get(key) ?? Infinity) - (b.get(key) ?? -Infinity))),
  );
}
