// Splits a selection set off the training data: stratified, so that each class keeps its share.

import { InputError } from "../inputError.js";
import { Random } from "../tensor/philox.js";
import { type Dataset, subset } from "./dataset.js";
import { strataOf } from "./labels.js";

/** Settings of {@link splitSelection}. */
export interface SplitOptions {
  readonly seed: number;
  /** Share of each class that goes to the selection set; default 0.1. */
  readonly fraction?: number;
}

/**
 * Divides training data into a part to learn from and a part to choose by. The same seed gives the
 * same division. Each class of two or more images is in both parts.
 *
 * @example
 * const mnist = await openDataset("mnist");
 * const { train, selection } = splitSelection(mnist.train, { seed: 1 });
 * [train.length, selection.length]; // [54000, 6000]
 */
export function splitSelection(
  dataset: Dataset,
  { seed, fraction = 0.1 }: SplitOptions,
): { train: Dataset; selection: Dataset } {
  if (!(fraction > 0 && fraction < 1)) {
    throw new InputError(`the selection share is ${fraction}; expected a number between 0 and 1`);
  }
  const strata = strataOf(dataset.labels, dataset.length);
  const left = selectionCounts(strata, fraction);
  const chosen = new Uint8Array(dataset.length);
  for (const index of new Random({ seed, purpose: "split" }).permutation(dataset.length)) {
    if (left[strata[index]] > 0) {
      left[strata[index]]--;
      chosen[index] = 1;
    }
  }
  const indices = Array.from(chosen.keys());
  const selection = indices.filter((index) => chosen[index]);
  if (selection.length === 0) {
    throw new InputError(
      `${dataset.name}: no class has the two images that a selection set needs; ` +
        "add images or bring a selection set of your own",
    );
  }
  return {
    train: subset(
      dataset,
      indices.filter((index) => !chosen[index]),
    ),
    selection: subset(dataset, selection, `${dataset.name} (selection)`),
  };
}

/** How many images of each class to select: at least one, and never the last one. */
function selectionCounts(strata: Int32Array, fraction: number): number[] {
  const counts = new Array<number>(Math.max(...strata) + 1).fill(0);
  for (const stratum of strata) counts[stratum]++;
  return counts.map((count) =>
    count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * fraction))),
  );
}
