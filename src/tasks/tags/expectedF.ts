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

/**
 * The F that can be expected of saying the first `k` of some tags, and one tag of each group.
 *
 * @param hits how likely each number of groups is said right [groups + 1]
 */
function expected(
  probabilities: readonly number[],
  k: number,
  weight: number,
  hits: readonly number[],
): number {
  const inside = countsOf(probabilities.slice(0, k));
  const outside = countsOf(probabilities.slice(k));
  const groups = hits.length - 1;
  const said = k + groups;
  // Nothing said is right where nothing is there.
  if (said === 0) return outside[0];
  let sum = 0;
  for (const [hit, h] of hits.entries()) {
    for (const [found, p] of inside.entries()) {
      for (const [missed, q] of outside.entries()) {
        const right = hit + found;
        const there = groups + found + missed;
        sum += (h * p * q * (1 + weight) * right) / (weight * there + said);
      }
    }
  }
  return sum;
}

/**
 * Which tags to say: the likeliest ones, as many as make the expected F the largest. Of a group of which an image has
 * exactly one tag the likeliest is said.
 *
 * @param probabilities of each tag
 * @param beta how much more recall counts than precision; default 2
 * @param groups numbers of tags of which there is exactly one; default none
 * @returns numbers of the tags, the likeliest first
 * @example
 * expectedFTags([0.9, 0.3, 0.05]); // [0, 1]
 * expectedFTags([0.9, 0.3, 0.05], 1); // [0]
 * expectedFTags([0.4, 0.3, 0.3, 0.9], 1, [[0, 1, 2]]); // [3, 0]
 */
export function expectedFTags(
  probabilities: ArrayLike<number>,
  beta = 2,
  groups: readonly (readonly number[])[] = [],
): number[] {
  const order = Array.from(probabilities, (_, at) => at).sort(
    (a, b) => probabilities[b] - probabilities[a] || a - b,
  );
  const leaders = groups.map((group) => order.find((tag) => group.includes(tag))!);
  const hits = countsOf(leaders.map((tag) => probabilities[tag]));
  const alone = order.filter((tag) => !groups.some((group) => group.includes(tag)));
  const sorted = alone.map((tag) => probabilities[tag]);
  let [best, most] = [0, -1];
  for (let k = 0; k <= sorted.length; k++) {
    const found = expected(sorted, k, beta * beta, hits);
    if (found > most) [best, most] = [k, found];
  }
  const said = new Set([...leaders, ...alone.slice(0, best)]);
  return order.filter((tag) => said.has(tag));
}
