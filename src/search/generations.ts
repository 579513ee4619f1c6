// Trials in generations: what the next ones are made of is known when all of the generation before have ended.

import { hasEnded, type Told } from "./search.js";

/** The place of the next trial, or "wait" for the last trials of the generation before. */
export interface Generation {
  /** Generations that are over, the oldest first. */
  readonly past: readonly (readonly Told[])[];
  /** Number of the next trial in its own. */
  readonly member: number;
}

/** Parts trials by number into generations of a size. */
export function generationsOf(told: readonly Told[], size: number): Generation | "wait" {
  const over = Math.floor(told.length / size);
  const past = Array.from({ length: over }, (_, at) => told.slice(at * size, (at + 1) * size));
  return past.every((trials) => trials.every(hasEnded))
    ? { past, member: told.length % size }
    : "wait";
}
