// From a model, a task and labels to a question that graphs can be made of.

import type { Labels } from "../data/index.js";
import type { Model } from "../models/model.js";
import type { Asked } from "./graphs.js";
import type { Task } from "./task.js";

/**
 * Asks a model what a task asks, about data labelled like these.
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, classes: 10 });
 * const { train } = await openDataset("mnist");
 * Object.keys(ask(model, classification, train.labels).targets); // ["targets", "order"]
 */
export function ask(model: Model, task: Task, labels: Labels): Asked {
  const constants = task.constants?.(labels) ?? {};
  return { model, task, constants, targets: task.targets(labels, constants).inputs };
}
