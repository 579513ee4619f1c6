// The registry of tasks. A new one is its folder, its test and one line here.

import type { Labels } from "../data/index.js";
import { InputError } from "../inputError.js";
import { byName, withOwn } from "../text/words.js";
import { classification } from "./classification/index.js";
import { counting } from "./counting/index.js";
import { detection } from "./detection/index.js";
import { deepcluster } from "./embedding/deepcluster.js";
import { instance } from "./embedding/instance.js";
import { localAggregation } from "./embedding/localAggregation.js";
import { simclr } from "./embedding/simclr.js";
import { pieces } from "./pieces/index.js";
import { points } from "./points/index.js";
import {
  autoencoder,
  contractive,
  denoising,
  sparse,
  variational,
} from "./reconstruction/index.js";
import { rotation } from "./rotation/index.js";
import { segmentation } from "./segmentation/index.js";
import { sequence } from "./sequence/index.js";
import { tags } from "./tags/index.js";
import type { Score, Task } from "./task.js";
import { values } from "./values/index.js";

export { ask, sizeOfInput, targetsOf } from "./ask.js";
export { captionOf } from "./caption.js";
export { areaUnderCurve } from "./classification/areaUnderCurve.js";
export { classification } from "./classification/index.js";
export { counting } from "./counting/index.js";
export { AveragePrecision, type BoxScores } from "./detection/averagePrecision.js";
export { detection } from "./detection/index.js";
export { largest, NEIGHBOURS, similarities, unitRows, vote } from "./embedding/similar.js";
export { ensembleQuestion } from "./ensemble.js";
export * from "./graphs.js";
export { lossText, metricText, metricTitle } from "./metricText.js";
export { withNumbers } from "./numbers.js";
export { parsePenalties, penalties, penaltyOf } from "./penalties/index.js";
export type { Penalised, Penalty } from "./penalties/penalty.js";
export { pieces } from "./pieces/index.js";
export { type PointsTaskOptions, points, pointsTask } from "./points/index.js";
export type { TermName } from "./points/lcfcn.js";
export {
  type OperatingPoint,
  operatingPoints,
  type RankedAnswers,
} from "./precisionRecall.js";
export { segmentation } from "./segmentation/index.js";
export { sequence } from "./sequence/index.js";
export { softmax } from "./softmax.js";
export * from "./state.js";
export { expectedFTags } from "./tags/expectedF.js";
export { tags } from "./tags/index.js";
export { fBeta } from "./tags/metrics.js";
export {
  crossFit,
  fOfImages,
  type Judged,
  type ThresholdOptions,
  tuneThresholds,
} from "./tags/thresholds.js";
export { talliesOf, tallyList } from "./tallies.js";
export * from "./task.js";
export { seeingAs, TEACHER, type Teaching, workWith } from "./teaching.js";
export { values } from "./values/index.js";
export type { Weighting } from "./weighting.js";

/** Whether a task can learn from labels of a kind. */
export const takes = (task: Pick<Task, "labels">, { kind }: Labels): boolean =>
  task.labels === "none" || task.labels === kind;

/** Every task; for labels of a kind the first one is the default, unless nothing is known. */
export const tasks: readonly Task[] = [
  classification,
  tags,
  values,
  segmentation,
  counting,
  points,
  detection,
  sequence,
  instance,
  localAggregation,
  deepcluster,
  simclr,
  rotation,
  autoencoder,
  denoising,
  sparse,
  contractive,
  variational,
  pieces,
];

/** The task with a name, or one of `own`; throws an {@link InputError} when there is none. */
export const getTask = (name: string, own: readonly Task[] = []): Task =>
  byName("task", name, withOwn("task", tasks, own));

/** The metric that settings choose by, or the task's first, of those that data tell where they are given. */
export function scoreOf(
  { score }: { readonly score?: string },
  { name, metrics }: Task,
  told?: readonly string[],
): Score {
  const first = metrics.find((metric) => !told || told.includes(metric.name)) ?? metrics[0];
  const { name: metric, better } =
    score === undefined ? first : byName(`metric of ${name}`, score, metrics);
  return { metric, better };
}

/**
 * The task that is meant when none is named.
 *
 * @throws InputError for labels that no task needs.
 */
export function taskFor({ kind }: Labels): Task {
  const fitting = tasks.filter(({ labels }) => labels === kind);
  if (fitting.length > 0 && kind !== "none") return fitting[0];
  throw new InputError(
    kind === "none"
      ? `nothing is known of the images; name a task that learns from images alone (setting task): ${fitting.map(({ name }) => name).join(", ")}`
      : `there is no task for labels of the kind ${kind}`,
  );
}
