// Whether a net is worth no more than one that always says the same: the most frequent class, the mean, all tags.

import { merit, type Score, type Task } from "../tasks/index.js";
import { counted, sixDigits } from "../text/format.js";
import type { TrainConfig } from "../train/config.js";
import type { Evaluation } from "../train/evaluator.js";

/** So many times as many images of one class as of another make classes unbalanced. */
const IMBALANCED = 3;

/** Fewer steps than this say little of a rate. */
const FEW_STEPS = 500;

/** What may help alone where a net is sure too seldom. */
const DECISION = "; and choose from which confidence on things are said (convoy tune decision)";

/** A run, as far as advice depends on it. */
export interface Advised {
  readonly config: Pick<TrainConfig, "classWeights" | "sampling">;
  readonly task: Pick<Task, "metrics" | "weighted" | "newTuner">;
  readonly score: Score;
  /** Steps that the training had. */
  readonly steps: number;
}

/** Advice for a net that does no better than a constant answer would on the same images; else `undefined`. */
export const constantAdvice = (
  evaluation: Pick<Evaluation, "metrics" | "confusion" | "constant">,
  run: Advised,
): string | undefined => majorityAdvice(evaluation, run) ?? meanAdvice(evaluation, run);

/** Of numbers and tags. */
function meanAdvice(
  { metrics, constant }: Pick<Evaluation, "metrics" | "constant">,
  { task, steps }: Advised,
): string | undefined {
  if (!constant) return undefined;
  const { metric, value, says } = constant;
  const { better, unit } = task.metrics.find(({ name }) => name === metric)!;
  if (merit({ better }, metrics[metric]) > merit({ better }, value)) return undefined;
  const text = (score: number) =>
    unit === "share" ? `${(100 * score).toFixed(1)} %` : `${sixDigits(score)}`;
  const tries =
    steps < FEW_STEPS
      ? `these were ${counted(steps, "step")}: try more --epochs, a smaller --batch`
      : "try more --epochs";
  return (
    `the net has ${metric} ${text(metrics[metric])}, and always saying ${says} has ${text(value)}: it is worth no more ` +
    `than a constant; ${tries}, or another --lr (convoy tune lr)${task.newTuner ? DECISION : ""}`
  );
}

/** Of classes (of masks: pixels), where they are unbalanced and count unalike. */
function majorityAdvice(
  { confusion }: Pick<Evaluation, "confusion">,
  { config: { classWeights, sampling }, task, score }: Advised,
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
  const alike = task.metrics.filter(({ classesAlike }) => classesAlike).map(({ name }) => name);
  const tries = [
    ...(task.weighted ? ["try --class-weights balanced"] : []),
    ...(alike.length === 0 || alike.includes(score.metric)
      ? []
      : [`choose by a --score that counts each class alike: ${alike.join(" or ")}`]),
  ];
  return (
    `the net finds ${((100 * found) / total).toFixed(1)} %, and always saying "${classes[supports.indexOf(most)]}" ` +
    `finds ${((100 * most) / total).toFixed(1)} %: the classes are unbalanced; ${tries.join(", and ") || "train longer"}`
  );
}
