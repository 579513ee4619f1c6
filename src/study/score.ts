// The number that a study chooses by: a task's score on the test set of each run, and what chance does to it.

import type { Labels } from "../data/index.js";
import { type MetricInfo, merit, type Score } from "../tasks/index.js";
import type { RunOutcome } from "./run.js";
import { binomialError, mean, std } from "./statistics.js";

/** What is known of a score beside its values. */
export interface ScoreScale extends Score {
  readonly unit: MetricInfo["unit"];
  /** What always the same answer scores, where that is known. */
  readonly constant?: number;
  /** Images that one run is scored on. */
  readonly images: number;
}

/** What is deployed scores so on the run's test set; absent when the run diverged. */
export const scoreOf = ({ finished }: RunOutcome): number | undefined =>
  finished?.summary.test?.[finished.summary.score.metric];

/** How much better a score is than another: above 0 when it is. */
export const advantage = (score: number, other: number, scale: Score): number =>
  merit(scale, score) - merit(scale, other);

/**
 * Standard error of the mean of some runs' scores. That of an accuracy is the binomial one, of a share between which
 * and 0 or 1 lies one image at least, so that a few images without a mistake are not taken for certainty; that of any
 * other score follows from how the runs scatter, which one run alone does not tell.
 */
export function standardError(scores: readonly number[], { metric, images }: ScoreScale): number {
  if (metric !== "accuracy") {
    return scores.length < 2 ? Number.POSITIVE_INFINITY : std(scores) / Math.sqrt(scores.length);
  }
  const total = images * scores.length;
  return binomialError((mean(scores) * total + 1) / (total + 2), total);
}

/** What always the same class scores in accuracy: the share of the most frequent one. */
export function constantScore(labels: Labels, { metric }: Score): number | undefined {
  if (metric !== "accuracy" || labels.kind !== "class") return undefined;
  const counts = new Map<number, number>();
  for (const label of labels.of) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.of.length;
}
