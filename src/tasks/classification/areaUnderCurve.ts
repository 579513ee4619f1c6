// The area under the ROC curve.

/**
 * The share of pairs of a positive and a negative in which the positive has the larger score, ties counting one half
 * (Mann and Whitney 1947; the area under the ROC curve). NaN without a positive or without a negative.
 *
 * @param scores larger for what is more likely positive
 * @param truths 1 for positives, 0 for negatives
 * @example
 * areaUnderCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]); // 0.75
 */
export function areaUnderCurve(scores: readonly number[], truths: readonly number[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  const positives = truths.reduce((sum, truth) => sum + truth, 0);
  const negatives = truths.length - positives;
  let ranks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    // Equal scores share the mean of their ranks, which count from 1.
    const rank = (from + 1 + to) / 2;
    for (const at of order.slice(from, to)) if (truths[at] === 1) ranks += rank;
    from = Math.max(to, from + 1);
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
