// Random paths, each as often as its share of the scores of all paths.

import { InputError } from "../inputError.js";
import type { Random } from "../tensor/philox.js";
import { outgoing } from "./adjacency.js";
import type { Automaton } from "./automaton.js";
import { times } from "./derive.js";
import { distancesOf, orderOf } from "./forward.js";
import { type Path, pathOf } from "./path.js";
import { reverse } from "./relabel.js";

/** One of some things by the logs of their weights, which are not all -Infinity. */
function chosen(scores: readonly number[], random: Random): number {
  const most = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - most));
  let left = random.uniform() * shares.reduce((sum, share) => sum + share, 0);
  const at = shares.findIndex((share) => (left -= share) < 0);
  return at < 0 ? shares.findLastIndex((share) => share > 0) : at;
}

/**
 * A random path, with the probability that its score gives it among all paths; undefined where there is no path.
 *
 * @throws InputError for arcs that go round in a circle, and a total score of Infinity.
 * @example
 * const one = automaton({ states: 2, start: [0], final: [1], arcs: [[0, 1, 5, 5], [0, 1, 6, 6, -Infinity]] });
 * samplePath(one, new Random({ seed: 1, purpose: "search" }))!.outputs; // Int32Array.of(5)
 */
export function samplePath(of: Automaton, random: Random): Path | undefined {
  const { target, weight, start, final } = of;
  const backwards = reverse(of);
  const { distance: ahead, total } = distancesOf(backwards, orderOf(backwards, "samplePath"));
  if (total === -Infinity) return undefined;
  if (total === Infinity)
    throw new InputError("samplePath: the score of all paths is Infinity; expected a number");
  const { offsets, order } = outgoing(of);
  const first = chosen(
    Array.from(start, (one, state) => times(one, ahead[state])),
    random,
  );
  const path: number[] = [];
  for (let state = first; ; ) {
    const arcs = order.subarray(offsets[state], offsets[state + 1]);
    const onwards = Array.from(arcs, (arc) => times(weight[arc], ahead[target[arc]]));
    const at = chosen([final[state], ...onwards], random);
    if (at === 0) return pathOf(of, first, path);
    path.push(arcs[at - 1]);
    state = target[arcs[at - 1]];
  }
}
