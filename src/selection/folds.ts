// Samples parted so that each part has its share of every class.

import { InputError } from "../inputError.js";
import type { Random } from "../tensor/philox.js";

/** Rows of two parts, rising. */
export interface Parting {
  readonly train: Int32Array;
  readonly held: Int32Array;
}

/**
 * The fold of each sample, from 0: the samples of each class are dealt out one by one in random order, and the next
 * class goes on where the last one ended. So parts differ by one sample at most, and in a class too.
 *
 * @throws InputError for fewer than two folds or more than samples.
 * @example
 * const random = new Random({ seed: 1, purpose: "split" });
 * stratifiedFolds(Int32Array.of(0, 0, 1, 1), 2, random).toSorted(); // Int32Array.of(0, 0, 1, 1)
 */
export function stratifiedFolds(classes: Int32Array, folds: number, random: Random): Int32Array {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= classes.length)) {
    throw new InputError(
      `${folds} folds of ${classes.length} samples; expected a whole number from 2 to ${classes.length}`,
    );
  }
  const byClass = new Map<number, number[]>();
  for (const row of random.permutation(classes.length)) {
    const rows = byClass.get(classes[row]);
    if (rows) rows.push(row);
    else byClass.set(classes[row], [row]);
  }
  const fold = new Int32Array(classes.length);
  let dealt = 0;
  for (const one of [...byClass.keys()].sort((a, b) => a - b)) {
    for (const row of byClass.get(one)!) fold[row] = dealt++ % folds;
  }
  return fold;
}

/** The rows of a fold and all others. */
export function partAt(folds: Int32Array, fold: number): Parting {
  const rows = Int32Array.from(folds.keys());
  return {
    train: rows.filter((row) => folds[row] !== fold),
    held: rows.filter((row) => folds[row] === fold),
  };
}
