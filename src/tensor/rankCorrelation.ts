// Whether two lists of numbers are in the same order (Spearman 1904).

/** Ranks from 1; equal numbers share the mean of theirs. */
function ranksOf(numbers: readonly number[]): number[] {
  const sorted = [...numbers].sort((a, b) => a - b);
  return numbers.map((number) => {
    const first = sorted.indexOf(number);
    return (first + sorted.lastIndexOf(number)) / 2 + 1;
  });
}

/**
 * Spearman's rank correlation of two lists: 1 for the same order, -1 for the opposite one, 0 where neither tells of the
 * other; NaN where all numbers of one are equal.
 *
 * @throws RangeError for lists of different lengths.
 * @example
 * rankCorrelation([1, 2, 3, 4], [10, 100, 1000, 1001]); // 1
 * rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]); // -1
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) {
    throw new RangeError(`rankCorrelation: lists of ${a.length} and of ${b.length} numbers`);
  }
  const middle = (a.length + 1) / 2;
  const [x, y] = [a, b].map((list) => ranksOf(list).map((rank) => rank - middle));
  const dot = (one: readonly number[], other: readonly number[]) =>
    one.reduce((sum, value, at) => sum + value * other[at], 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}
