// Whether a net is worth no more than one that always says the most frequent class.

import type { TrainConfig } from "../train/config.js";
import type { Evaluation } from "../train/evaluator.js";

/** So many times as many images of one class as of another make classes unbalanced. */
const IMBALANCED = 3;

/**
 * Advice for a net that finds no larger share of the images (of masks: pixels) than a constant answer would, where
 * classes are unbalanced and count unalike; else `undefined`.
 */
export function majorityAdvice(
  { confusion }: Pick<Evaluation, "confusion">,
  { classWeights, sampling }: Pick<TrainConfig, "classWeights" | "sampling">,
): string | undefined {
  if (!confusion || classWeights !== undefined || sampling === "balanced") return undefined;
  const { classes, counts } = confusion;
  const width = classes.length;
  const supports = classes.map((_, truth) =>
    counts.subarray(truth * width, (truth + 1) * width).reduce((a, b) => a + b, 0),
  );
  const shown = supports.filter((support) => support > 0);
  const most = Math.max(...supports);
  if (shown.length < 2 || most <= IMBALANCED * Math.min(...shown)) return undefined;
  const found = classes.reduce((sum, _, at) => sum + counts[at * width + at], 0);
  if (found > most) return undefined;
  const total = supports.reduce((a, b) => a + b, 0);
  return (
    `the net finds ${((100 * found) / total).toFixed(1)} %, and always saying "${classes[supports.indexOf(most)]}" ` +
    `finds ${((100 * most) / total).toFixed(1)} %: the classes are unbalanced; try --class-weights balanced, and choose ` +
    "by a --score that counts each class alike, as balancedAccuracy or miou"
  );
}
