// What frames say: the likeliest string, how likely it is among all strings, and where its tokens stand.

import { ctcLoss, ctcSpans } from "../../automata/index.js";
import { likelyStrings } from "./beam.js";

/** A string and its posterior probability, of which those of all strings make 1. */
export interface Reading {
  readonly tokens: readonly number[];
  readonly confidence: number;
}

/** The best readings of an image's frames, the best first: at least one, at most two. */
export function readingsOf(logits: Float32Array, frames: number): Reading[] {
  const found = likelyStrings(logits, frames).map((tokens) => ({
    tokens,
    confidence: Math.exp(-ctcLoss(logits, frames, tokens)),
  }));
  return found.sort((a, b) => b.confidence - a.confidence).slice(0, 2);
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
