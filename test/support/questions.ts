// For tests: questions and labels of classes without the images that they belong to.

import type { ClassLabels, Dataset } from "../../src/data/index.js";
import type { Model } from "../../src/models/index.js";
import { ORDER, TARGETS } from "../../src/tasks/classification/targets.js";
import { type Asked, ask, classification } from "../../src/tasks/index.js";

/** Labels with the classes "0", "1", ... */
export const classLabels = (of: ArrayLike<number>, classes: number): ClassLabels => ({
  kind: "class",
  of: Int32Array.from(of),
  classes: Array.from({ length: classes }, (_, at) => String(at)),
});

/** A model that is asked for one class per image. */
export const classify = (model: Model): Asked =>
  ask(model, classification, classLabels([], model.outputs));

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

/** The inputs that hold class probabilities [n, classes], mixed ones too; the likeliest class of an image is its own. */
export function targetInputs(targets: Float32Array, classes: number): Record<string, Float32Array> {
  const order = new Float32Array(targets.length);
  for (let start = 0; start < targets.length; start += classes) {
    const row = targets.subarray(start, start + classes);
    const own = row.indexOf(Math.max(...row));
    for (let at = 0; at < classes; at++) order[start + at] = Math.sign(own - at);
  }
  return { [TARGETS]: targets, [ORDER]: order };
}
