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

/** Standard error of the mean of some runs' scores by how the runs scatter, which one run alone does not tell. */
const scatterError = (scores: readonly number[]): number | undefined =>
  scores.length < 2 ? undefined : std(scores) / Math.sqrt(scores.length);

/**
 * What the choice of the images alone does to the mean of some runs' scores. That of an accuracy is the binomial error,
 * of a share between which and 0 or 1 lies one image at least, so that a few images without a mistake are not taken for
 * certainty. That of any other score is not known apart from how the runs scatter.
 */
export function imagesError(scores: readonly number[], { metric, images }: ScoreScale): number {
  if (metric !== "accuracy") return scatterError(scores) ?? Number.POSITIVE_INFINITY;
  const total = images * scores.length;
  return binomialError((mean(scores) * total + 1) / (total + 2), total);
}

/**
 * Standard error of the mean of some runs' scores: how the runs scatter, each with a seed and with held-out images of its
 * own, and no less than {@link imagesError}, as few runs may lie together by chance. One run does not tell what another
 * seed would come to: of an accuracy only what the images do is known then.
 */
export const standardError = (scores: readonly number[], scale: ScoreScale): number =>
  Math.max(imagesError(scores, scale), scatterError(scores) ?? 0);

/** What always the same class scores in accuracy: the share of the most frequent one. */
export function constantScore(labels: Labels, { metric }: Score): number | undefined {
  if (metric !== "accuracy" || labels.kind !== "class") return undefined;
  const counts = new Map<number, number>();
  for (const label of labels.of) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.of.length;
}
