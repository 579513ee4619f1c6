// The statistics of a comparison: estimates with their intervals, paired by seed.

/** How sure an interval is to be. */
const CONFIDENCE = 0.95;

/** A mean, and the interval that holds the true one with 95 % confidence. */
export interface Estimate {
  readonly mean: number;
  /** Ends of the interval; absent for fewer than two values, which say nothing of their spread. */
  readonly low?: number;
  readonly high?: number;
}

/** An estimate of a share with its interval cut to 0 to 1, as it is printed. */
export const withinShares = ({ mean, low, high }: Estimate): Estimate =>
  low === undefined || high === undefined
    ? { mean }
    : { mean, low: Math.max(0, low), high: Math.min(1, high) };

/** How often one of two paired values is the better one. */
export interface Tally {
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
}

export const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** The mean of one value or more. */
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Standard deviation of a sample of two values or more (divided by n - 1). */
export function std(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.map((value) => (value - centre) ** 2);
  return Math.sqrt(sum(squares) / (values.length - 1));
}

/**
 * The probability that Student's t lies within +-sqrt(degrees) tan(angle): the finite sums of
 * Abramowitz and Stegun 1964, formulas 26.7.3 and 26.7.4.
 */
function probabilityWithin(angle: number, degrees: number): number {
  const odd = degrees % 2 === 1;
  const cosine = Math.cos(angle);
  let term = odd ? cosine : 1;
  let series = 0;
  for (let factor = odd ? 2 : 1; factor < degrees; factor += 2) {
    series += term;
    term *= (factor / (factor + 1)) * cosine ** 2;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * series) : Math.sin(angle) * series;
}

/**
 * The number that Student's t stays within, on both sides, with a probability of `confidence`.
 *
 * @param degrees of freedom: a whole number from 1
 * @example
 * tQuantile(7).toFixed(4); // "2.3646"
 */
export function tQuantile(degrees: number, confidence = CONFIDENCE): number {
  let [low, high] = [0, Math.PI / 2];
  for (let middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (probabilityWithin(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan(low);
}

/**
 * The mean of values and its 95 % interval (Student's t); `undefined` when there are none.
 *
 * @example
 * const { low, high } = estimate([1, 2, 3])!;
 * [low!.toFixed(3), high!.toFixed(3)]; // ["-0.484", "4.484"]
 */
export function estimate(values: readonly number[]): Estimate | undefined {
  if (values.length === 0) return undefined;
  const centre = mean(values);
  if (values.length === 1) return { mean: centre };
  const half = (tQuantile(values.length - 1) * std(values)) / Math.sqrt(values.length);
  return { mean: centre, low: centre - half, high: centre + half };
}

/** Counts differences by their sign. */
export function tally(differences: readonly number[]): Tally {
  const count = (sign: number) => differences.filter((value) => Math.sign(value) === sign).length;
  return { wins: count(1), ties: differences.length - count(1) - count(-1), losses: count(-1) };
}

/**
 * Standard error of one accuracy that was measured on `images` independent images.
 *
 * @example
 * binomialError(0.98, 10_000).toFixed(4); // "0.0014"
 */
export const binomialError = (accuracy: number, images: number): number =>
  Math.sqrt((accuracy * (1 - accuracy)) / images);
