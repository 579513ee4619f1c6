// Settings that a task or its model cannot follow. Who gives one expects something of it, and is told before anything
// is computed.

import { labelKinds, parseAugmentations } from "../data/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import type { Metrics, Score, Task } from "../tasks/index.js";
import type { TrainConfig } from "./config.js";

/**
 * Refuses to weigh or smooth classes, or to compare masks, where the task or the model's own loss cannot, to balance what
 * has no classes, to mix images whose labels cannot be mixed, and to give nets together whose answers have no mean.
 *
 * @param model where it is known
 */
export function checkTask(config: TrainConfig, task: Task, model?: Model): void {
  const { classWeights, focal, dice, labelSmoothing, sampling, augment, teacher } = config;
  const { name, labels, weighted } = task;
  if (config.loss !== undefined && labels !== "class") {
    throw new InputError(
      `setting loss is ${config.loss}: task ${name} has a loss of its own; leave it out`,
    );
  }
  const ownLoss =
    config.loss === undefined
      ? `model ${model?.name} has a loss of its own`
      : `the loss is ${config.loss}`;
  for (const [setting, value] of Object.entries({ classWeights, focal: focal || undefined })) {
    if (value === undefined || (weighted && !model?.loss)) continue;
    const who = weighted ? ownLoss : `task ${name}`;
    throw new InputError(
      `setting ${setting} is ${value}: ${who}, which cannot weigh classes; leave it out`,
    );
  }
  if (dice > 0 && !task.dice) {
    throw new InputError(
      `setting dice is ${dice}: task ${name} has no masks that could overlap, which task segment has; leave it out`,
    );
  }
  if (teacher !== undefined && (!task.distil || model?.loss)) {
    const who = task.distil ? ownLoss : `task ${name}`;
    throw new InputError(
      `setting teacher is ${teacher}: ${who}, which cannot be taught by another net; tasks classify and tags can; leave it out`,
    );
  }
  if (config.deploy === "ensemble" && (!task.average || model?.loss)) {
    const who = task.average ? ownLoss : `task ${name}`;
    throw new InputError(
      `setting deploy is ensemble: ${who}, so what several nets say has no mean; take best, mean or soup`,
    );
  }
  checkPieces(config, task);
  const ofCrossEntropy = {
    classWeights,
    focal: focal || undefined,
    labelSmoothing: labelSmoothing || undefined,
  };
  const [idle] = Object.entries(ofCrossEntropy).filter(([, value]) => value !== undefined);
  if (dice === 1 && idle) {
    throw new InputError(
      `setting ${idle[0]} is ${idle[1]}: with dice 1 there is no cross-entropy that it could change; take a smaller share, or leave one out`,
    );
  }
  if (labelSmoothing > 0 && !weighted) {
    throw new InputError(
      `setting labelSmoothing is ${labelSmoothing}: task ${name} has no classes to spread a target over; leave it out`,
    );
  }
  if (sampling === "balanced" && labels !== "class" && labels !== "tags") {
    throw new InputError(
      `setting sampling is balanced: images of task ${name} have no classes; leave it out`,
    );
  }
  const blend = parseAugmentations(augment).find(({ blends }) => blends);
  if (blend && !labelKinds[labels].mixes) {
    throw new InputError(
      `setting augment is ${augment}: task ${name} learns from ${labelKinds[labels].title}, of which two cannot become one; leave ${blend.name} out`,
    );
  }
}

/** Refuses settings of lines in pieces where a task reads none, and to change images that are cut. */
function checkPieces({ grammar, segmenter, augment }: TrainConfig, { name, defaults }: Task): void {
  const inPieces = defaults?.segmenter !== undefined;
  for (const [setting, value] of Object.entries({ grammar, segmenter })) {
    if (value === undefined || inPieces) continue;
    throw new InputError(
      `setting ${setting} is ${value}: task ${name} reads no pieces of lines; add criterion gtn, or leave ${setting} out`,
    );
  }
  if (!inPieces || augment === "" || augment === "none") return;
  throw new InputError(
    `setting augment is ${augment}: task ${name} sees lines cut into pieces, which cannot be changed yet; leave it out`,
  );
}

/** Refuses a score that an evaluation of these data does not tell. */
export function checkScore({ metric }: Score, { name }: Task, metrics: Metrics): void {
  const told = Object.keys(metrics.values());
  if (told.includes(metric)) return;
  throw new InputError(
    `setting score is ${metric}: it is not told of these data; task ${name} has ${told.join(", ")}`,
  );
}
