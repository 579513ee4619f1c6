// For tests: questions and labels of classes without the images that they belong to.

import type { ClassLabels, Dataset } from "../../src/data/index.js";
import type { Model } from "../../src/models/index.js";
import { type Asked, ask, classification } from "../../src/tasks/index.js";

/** Labels with the classes "0", "1", ... */
export const classLabels = (of: ArrayLike<number>, classes: number): ClassLabels => ({
  kind: "class",
  of: Int32Array.from(of),
  classes: Array.from({ length: classes }, (_, at) => String(at)),
});

/** A model that is asked for one class per image. */
export const classify = (model: Model): Asked =>
  ask(model, classification, classLabels([], model.classes));

/** The class of each image of a data set that has one. */
export function classesOf({ labels }: Dataset): Int32Array {
  if (labels.kind !== "class") throw new Error(`expected classes, found ${labels.kind}`);
  return labels.of;
}

/** Names of the classes of a data set that has them. */
export function classNames({ labels }: Dataset): readonly string[] {
  if (labels.kind !== "class") throw new Error(`expected classes, found ${labels.kind}`);
  return labels.classes;
}
