// The best paths in order: best-first search with the exact score of the best way to an end (A*: Hart, Nilsson and
// Raphael 1968; each state is left as often as paths are wanted: Mohri and Riley 2002, "An efficient algorithm for the
// n-best-strings problem").

import { InputError } from "../inputError.js";
import { outgoing } from "./adjacency.js";
import type { Automaton } from "./automaton.js";
import { compose } from "./compose.js";
import { forwardScore } from "./forward.js";
import { stringAcceptor } from "./linear.js";
import { type Path, pathOf } from "./path.js";
import { project, reverse } from "./relabel.js";
import { bestDistances } from "./viterbi.js";

/** A path on its way: the last step leads back through `before` to the start. */
interface Step {
  readonly state: number;
  /** -1: the path starts here. */
  readonly arc: number;
  readonly before?: Step;
  readonly score: number;
  /** The score with the best way on, or of the whole path where it has ended. */
  readonly promise: number;
  readonly ended: boolean;
}

/** Steps of which the most promising is taken; of equal ones the one that came first (binary heap). */
class Queue {
  private readonly heap: { readonly step: Step; readonly number: number }[] = [];
  private pushed = 0;

  push(step: Step): void {
    const { heap } = this;
    let at = heap.push({ step, number: this.pushed++ }) - 1;
    while (at > 0 && this.isBetter(at, (at - 1) >> 1)) at = this.swap(at, (at - 1) >> 1);
  }

  take(): Step | undefined {
    const { heap } = this;
    if (heap.length === 0) return undefined;
    this.swap(0, heap.length - 1);
    const { step } = heap.pop()!;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let best = at;
      if (left < heap.length && this.isBetter(left, best)) best = left;
      if (right < heap.length && this.isBetter(right, best)) best = right;
      if (best === at) return step;
      at = this.swap(at, best);
    }
  }

  private isBetter(a: number, b: number): boolean {
    const [one, other] = [this.heap[a], this.heap[b]];
    const gap = one.step.promise - other.step.promise;
    return gap > 0 || (!(gap < 0) && one.number < other.number);
  }

  private swap(a: number, b: number): number {
    [this.heap[a], this.heap[b]] = [this.heap[b], this.heap[a]];
    return b;
  }
}

function pathTo(of: Automaton, end: Step): Path {
  const arcs: number[] = [];
  let step = end;
  while (step.before) {
    if (step.arc >= 0) arcs.push(step.arc);
    step = step.before;
  }
  return pathOf(of, step.state, arcs.reverse());
}

/** Paths by falling score, one after the other; each state is left `most` times. */
function* pathsInOrder(of: Automaton, most: number): Generator<Path> {
  const { states, target, weight, start, final } = of;
  const { distance: ahead } = bestDistances(reverse(of));
  const { offsets, order: arcs } = outgoing(of);
  const left = new Uint32Array(states);
  const queue = new Queue();
  const go = (state: number, arc: number, score: number, before?: Step) => {
    if (score === -Infinity || ahead[state] === -Infinity) return;
    queue.push({ state, arc, before, score, promise: score + ahead[state], ended: false });
  };
  for (let state = 0; state < states; state++) go(state, -1, start[state]);
  for (let step = queue.take(); step; step = queue.take()) {
    const { state, score } = step;
    if (step.ended) {
      yield pathTo(of, step);
      continue;
    }
    if (left[state]++ >= most) continue;
    if (final[state] !== -Infinity) {
      const promise = score + final[state];
      queue.push({ state, arc: -1, before: step, score: promise, promise, ended: true });
    }
    for (let k = offsets[state]; k < offsets[state + 1]; k++) {
      if (weight[arcs[k]] === -Infinity) continue;
      go(target[arcs[k]], arcs[k], score + weight[arcs[k]], step);
    }
  }
}

function checkCount(asker: string, count: number): void {
  if (Number.isInteger(count) && count >= 1) return;
  throw new InputError(`${asker}: ${count} wanted; expected a whole number from 1`);
}

/**
 * The best paths by falling score; fewer than `count` where there are no more.
 *
 * @throws InputError for a count that is no whole number from 1, and a cycle by which a path gains.
 * @example
 * const two = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 5, 5, -1], [0, 1, 6, 6, -2]] });
 * bestPaths(two, 5).map(({ score }) => score); // [-1, -2]
 */
export function bestPaths(of: Automaton, count: number): Path[] {
  checkCount("bestPaths", count);
  return [...pathsInOrder(of, count)].slice(0, count);
}

/** What an automaton says, and how much of its paths' score says it. */
export interface BestString {
  /** Output labels without epsilons. */
  readonly labels: Int32Array;
  /** Log of the summed scores of all paths that say it. */
  readonly score: number;
  /** Its share of the scores of all paths: its probability where paths compete. */
  readonly probability: number;
  /** The best one of its paths. */
  readonly path: Path;
}

/**
 * The strings of output labels on the best `paths` paths, by the summed score of *all* their paths, falling. With
 * enough paths the first is the likeliest string, and the second one tells by how much.
 *
 * @param paths how many paths are looked at, default 100
 * @throws InputError as `bestPaths` and `forwardScore`.
 * @example
 * const arcs = [[0, 1, 5, 5, -2], [0, 1, 6, 5, -2], [0, 1, 7, 9, -1.8]] as const;
 * const [best] = bestStrings(automaton({ states: 2, start: [0], final: [1], arcs }));
 * best.labels; // Int32Array.of(5)
 */
export function bestStrings(of: Automaton, paths = 100): BestString[] {
  checkCount("bestStrings", paths);
  const best = new Map<string, Path>();
  for (const path of bestPaths(of, paths)) {
    const key = path.outputs.join(" ");
    if (!best.has(key)) best.set(key, path);
  }
  const said = project(of, "output");
  const all = forwardScore(of).value;
  const strings = [...best.values()].map((path) => {
    const score = forwardScore(compose(said, stringAcceptor(path.outputs))).value;
    return { labels: path.outputs, score, probability: Math.exp(score - all), path };
  });
  return strings.sort((a, b) => b.score - a.score);
}
