// One question to several nets of a model at once, and the mean of what they say as the answer.

import { InputError } from "../inputError.js";
import { ensembleOf } from "../models/index.js";
import type { Asked } from "./graphs.js";

/**
 * A question put to as many nets; without a number to the one that it was for.
 *
 * @throws InputError for a task, or a model with a loss of its own, whose answers have no mean.
 */
export function ensembleQuestion<Q extends Pick<Asked, "model" | "task" | "constants">>(
  question: Q,
  members: number | undefined,
): Q {
  if (members === undefined) return question;
  const { model, task, constants } = question;
  const { average } = task;
  const fault = !average
    ? `task ${task.name} has no mean of what several nets say`
    : model.loss && `model ${model.name} has a loss of its own, whose outputs are no logits`;
  if (fault || !average) throw new InputError(`an ensemble of ${members} nets: ${fault}`);
  return { ...question, model: ensembleOf(model, members, (all) => average(all, constants)) };
}
