// The set of tags whose F is the largest that can be expected, taking tags as independent of each other (Jansche 2007,
// "A maximum expected utility framework for binary sequence labeling", ACL; the sum over both counts of Ye, Chai, Lee
// and Chieu 2012, arXiv 1206.4625). No threshold is tuned.

/** How likely each number of events is, of independent ones [events + 1]. */
function countsOf(probabilities: readonly number[]): number[] {
  let counts = [1];
  for (const p of probabilities) {
    counts = Array.from(
      { length: counts.length + 1 },
      (_, at) => (counts[at] ?? 0) * (1 - p) + (counts[at - 1] ?? 0) * p,
    );
  }
  return counts;
}

/** The F that can be expected of saying the first `k` of some tags. */
function expected(probabilities: readonly number[], k: number, weight: number): number {
  const inside = countsOf(probabilities.slice(0, k));
  const outside = countsOf(probabilities.slice(k));
  // Nothing said is right where nothing is there.
  if (k === 0) return outside[0];
  let sum = 0;
  for (const [right, p] of inside.entries()) {
    for (const [missed, q] of outside.entries()) {
      sum += (p * q * (1 + weight) * right) / (weight * (right + missed) + k);
    }
  }
  return sum;
}

/**
 * Which tags to say: the likeliest ones, as many as make the expected F the largest.
 *
 * @param probabilities of each tag
 * @param beta how much more recall counts than precision; default 2
 * @returns numbers of the tags, the likeliest first
 * @example
 * expectedFTags([0.9, 0.3, 0.05]); // [0, 1]
 * expectedFTags([0.9, 0.3, 0.05], 1); // [0]
 */
export function expectedFTags(probabilities: ArrayLike<number>, beta = 2): number[] {
  const order = Array.from(probabilities, (_, at) => at).sort(
    (a, b) => probabilities[b] - probabilities[a] || a - b,
  );
  const sorted = order.map((tag) => probabilities[tag]);
  let [best, most] = [0, -1];
  for (let k = 0; k <= sorted.length; k++) {
    const found = expected(sorted, k, beta * beta);
    if (found > most) [best, most] = [k, found];
  }
  return order.slice(0, best);
}
