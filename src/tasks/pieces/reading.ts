// What a line's pieces say: the best string that the grammar allows, how likely it is among all, and its cuts.

import {
  type Automaton,
  bestPaths,
  compose,
  forwardScore,
  gradients,
  stringAcceptor,
  viterbiScore,
} from "../../automata/index.js";
import { piecesOf } from "../../data/index.js";
import { PIECE_OUTPUTS } from "../../models/pieces.js";
import type { Reading } from "../sequence/reading.js";
import { type Interpretation, interpretationOf } from "./interpretation.js";

/** Best paths whose strings are weighed by all their paths. */
const PATHS = 8;

/** The best readings of a line, at most two: where nothing can be said, the empty string, which nobody believes. */
export function readingsOf(
  { graph, atoms }: Interpretation,
  grammar: Automaton | undefined,
): Reading[] {
  if (atoms === 0) return [{ tokens: [], confidence: 0 }];
  const allowed = grammar ? compose(graph, grammar) : graph;
  const strings = new Map<string, readonly number[]>();
  for (const { outputs } of bestPaths(allowed, PATHS)) strings.set(outputs.join(" "), [...outputs]);
  if (strings.size === 0) return [{ tokens: [], confidence: 0 }];
  const all = forwardScore(allowed).value;
  const found = [...strings.values()].map((tokens) => {
    const string = stringAcceptor(tokens);
    const said = compose(graph, grammar ? compose(string, grammar) : string);
    return { tokens, confidence: Math.exp(forwardScore(said).value - all) };
  });
  return found.sort((a, b) => b.confidence - a.confidence).slice(0, 2);
}

/** The best readings of each line of a batch of outputs [n, tokens + 2, room]. */
export function* batchReadings(
  output: Float32Array,
  tokens: number,
  room: number,
  grammar: Automaton | undefined,
): Generator<{ readonly line: Interpretation; readonly readings: readonly Reading[] }> {
  const numbers = (tokens + PIECE_OUTPUTS) * room;
  for (let first = 0; first < output.length; first += numbers) {
    const line = interpretationOf(output.subarray(first, first + numbers), tokens);
    yield { line, readings: readingsOf(line, grammar) };
  }
}

/** A token, and the cuts that it stands between. */
export interface Placed {
  readonly token: number;
  readonly from: number;
  readonly to: number;
}

/** The tokens of a string on the best of the paths that say it. */
export function placedTokens(
  { graph, atoms, tokens }: Interpretation,
  string: readonly number[],
): Placed[] {
  const path = viterbiScore(compose(graph, stringAcceptor(string)));
  const [{ weight }] = gradients(path, [graph]);
  const used = [...weight.entries()].filter(([, one]) => one > 0).map(([arc]) => arc);
  const pieces = piecesOf(atoms);
  return used.map((arc) => ({ token: arc % tokens, ...pieces[Math.floor(arc / tokens)] }));
}
