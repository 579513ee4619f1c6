// What frames say: the likeliest string, how likely it is among all strings, and where its tokens stand.

import { ctcLoss, ctcSpans } from "../../automata/index.js";
import { FRAME_OUTPUTS } from "../../models/frames.js";
import { likelyStrings } from "./beam.js";

/** A string and its posterior probability, of which those of all strings make 1. */
export interface Reading {
  readonly tokens: readonly number[];
  readonly confidence: number;
}

/** Reads each line of a batch of outputs, in order. */
export type ReadLines = (
  output: Float32Array,
) => Iterable<{ readonly readings: readonly Reading[] }>;

/** The best readings of an image's frames, the best first: at least one, at most two. */
export function readingsOf(logits: Float32Array, frames: number): Reading[] {
  const found = likelyStrings(logits, frames).map((tokens) => ({
    tokens,
    confidence: Math.exp(-ctcLoss(logits, frames, tokens)),
  }));
  return found.sort((a, b) => b.confidence - a.confidence).slice(0, 2);
}

/** The best readings of each image of a batch of outputs [n, tokens + 1, frames]. */
export function* batchReadings(
  output: Float32Array,
  { tokens, frames }: { readonly tokens: number; readonly frames: number },
): Generator<{ readonly logits: Float32Array; readonly readings: readonly Reading[] }> {
  const numbers = (tokens + FRAME_OUTPUTS) * frames;
  for (let first = 0; first < output.length; first += numbers) {
    const logits = output.subarray(first, first + numbers);
    yield { logits, readings: readingsOf(logits, frames) };
  }
}

/** A token where it stands, in frames from `from` up to `to`. */
export interface Placed {
  readonly token: number;
  readonly from: number;
  readonly to: number;
}

/** The tokens of a string in the frames that most likely show them. */
export const placedTokens = (
  logits: Float32Array,
  frames: number,
  tokens: readonly number[],
): Placed[] =>
  ctcSpans(logits, frames, tokens).map(([from, to], at) => ({ token: tokens[at], from, to }));
