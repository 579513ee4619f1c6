// Average precision of one tag.

/**
 * The mean of the precision at each positive, from the largest score down: sum over thresholds of
 * (recall_k - recall_(k-1)) precision_k, where equal scores share a threshold. NaN without a positive.
 *
 * @param scores larger for what is more likely positive
 * @param truths 1 for positives, 0 for negatives
 * @example
 * averagePrecision([0.9, 0.8, 0.7], [1, 0, 1]); // (1 + 2 / 3) / 2
 */
export function averagePrecision(scores: readonly number[], truths: readonly number[]): number {
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  const positives = truths.reduce((sum, truth) => sum + truth, 0);
  let [right, sum] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let [to, found] = [from, 0];
    while (to < order.length && scores[order[to]] === scores[order[from]])
      found += truths[order[to++]];
    right += found;
    sum += found * (right / to);
    from = Math.max(to, from + 1);
  }
  return positives === 0 ? Number.NaN : sum / positives;
}
