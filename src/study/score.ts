// The number that a study chooses runs by.

import { type Labels, labelKinds } from "../data/index.js";
import { InputError } from "../inputError.js";
import type { RunOutcome } from "./run.js";
import { binomialError } from "./statistics.js";

/** Accuracy of what is deployed on the run's test set, a share of 1; absent when the run diverged. */
export const scoreOf = ({ finished }: RunOutcome): number | undefined =>
  finished && (finished.summary.test?.accuracy ?? 0);

/** How much better a score is than another: above 0 when it is. */
export const advantage = (score: number, other: number): number => score - other;

/**
 * Standard error of a score that was measured on so many images: the binomial one, of a share between which and 0
 * or 1 lies one image at least, so that a few images without a mistake are not taken for certainty.
 */
export function scoreError(score: number, images: number): number {
  return binomialError((score * images + 1) / (images + 2), images);
}

/** What a constant answer scores: the share of the class that has most images. */
export function constantScore(labels: Labels): number {
  if (labels.kind !== "class") {
    throw new InputError(
      `rates are tried by accuracy, of one class per image; the data have ${labelKinds[labels.kind].title}: ` +
        "compare some rates with --lrs of compare",
    );
  }
  return largestShare(labels.of);
}

function largestShare(labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}
