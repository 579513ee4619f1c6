// Precision and recall of yes-or-no answers as more of them are given.

/** Scores of answers, larger for what is more likely, and whether each is true: 1, else 0. */
export interface RankedAnswers {
  /** The tag or class that is asked for. */
  readonly name: string;
  /** Log odds. */
  readonly scores: readonly number[];
  readonly truths: readonly number[];
}

/** What saying yes from a score on comes to. */
export interface OperatingPoint {
  readonly score: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Operating points from the largest score down, one for each score that there is; none without a true answer.
 *
 * @param most points, about: more are thinned out evenly, first and last stay
 * @example
 * const [first, last] = operatingPoints({ name: "a", scores: [2, 1], truths: [1, 0] });
 * [first.precision, first.recall, last.precision, last.recall]; // [1, 1, 0.5, 1]
 */
export function operatingPoints(
  { scores, truths }: RankedAnswers,
  most = Number.POSITIVE_INFINITY,
): OperatingPoint[] {
  const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  const positives = truths.reduce((sum, truth) => sum + truth, 0);
  if (positives === 0) return [];
  const points: OperatingPoint[] = [];
  let right = 0;
  for (const [at, answer] of order.entries()) {
    right += truths[answer];
    // Equal scores are told apart by no threshold.
    if (at + 1 < order.length && scores[order[at + 1]] === scores[answer]) continue;
    const [precision, recall] = [right / (at + 1), right / positives];
    points.push({
      score: scores[answer],
      precision,
      recall,
      f1: (2 * right) / (at + 1 + positives),
    });
  }
  const stride = Math.max(1, points.length / most);
  const kept = new Set<OperatingPoint>();
  for (let at = 0; at < points.length; at += stride) kept.add(points[Math.floor(at)]);
  return [...kept.add(points[points.length - 1])];
}
