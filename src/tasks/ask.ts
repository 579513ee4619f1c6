// From a model, a task and labels to a question that graphs can be made of.

import type { Labels, TargetMaker } from "../data/index.js";
import type { Model } from "../models/model.js";
import type { Asked } from "./graphs.js";
import type { Constants, ImageSize, Task } from "./task.js";

/** Size of the images that a model takes. */
export const sizeOfInput = ({ input: [, height, width] }: Pick<Model, "input">): ImageSize => ({
  height,
  width,
});

/** What makes the targets of data labelled like these. */
export const targetsOf = (
  model: Pick<Model, "input">,
  task: Task,
  labels: Labels,
  constants: Constants,
): TargetMaker => task.targets(labels, constants, sizeOfInput(model));

/**
 * Asks a model what a task asks, about data labelled like these.
 *
 * @example
 * const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
 * const { train } = await openDataset("mnist");
 * Object.keys(ask(model, classification, train.labels).targets); // ["targets", "order"]
 *
 * @param constants default those that the task takes from these labels
 */
export function ask(
  model: Model,
  task: Task,
  labels: Labels,
  constants: Constants = task.constants?.(labels) ?? {},
): Asked {
  return { model, task, constants, targets: targetsOf(model, task, labels, constants).inputs };
}
