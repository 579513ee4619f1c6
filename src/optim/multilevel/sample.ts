// How many batches are a sample: few at first, more when a gain on one sample is not found on the next, so
// that the method goes over from stochastic to deterministic by itself (Mohr and Stein 2019, arXiv 1805.11317,
// where samples overlap so that both ends of a step are seen on the same data).

/** Of a sample, the share that is evaluated at both ends of the last move. */
const OVERLAP = 0.2;
/** A move is taken back when less of its gain than this is found on other data, ... */
const CONFIRM = 0.1;
/** ... and samples grow when less than this is. */
const ENOUGH = 0.25;

/** Images of a class that a sample has at least, on average. */
const PER_CLASS = 5;

/** Batches of the first samples. */
export function firstSample(images: number, classes: number, batch: number): number {
  return Math.ceil(Math.max(images, PER_CLASS * classes) / batch);
}

/**
 * Batches of a sample that begins with so many left in the epoch. What would be left behind it and is no
 * whole sample belongs to it.
 *
 * @example
 * [20, 9, 3].map((left) => sampleSize(5, left)); // [5, 9, 3]
 */
export const sampleSize = (batches: number, left: number): number =>
  left < 2 * batches ? left : batches;

/** Batches at its beginning that are evaluated at both ends of the last move. */
export const overlapOf = (size: number): number => Math.max(1, Math.floor(OVERLAP * size));

/** Whether a move stays, of whose gain this share was found on other data. */
export const confirmed = (ratio: number): boolean => ratio > CONFIRM;

/** Batches of the samples after that. */
export const grown = (batches: number, ratio: number, all: number): number =>
  ratio < ENOUGH ? Math.min(2 * batches, all) : batches;
