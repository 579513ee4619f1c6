// How a net does on each group of a data set by itself: each habitat, writer or patient.

import { type Dataset, subset } from "../data/index.js";
import { InputError } from "../inputError.js";
import type { Evaluation } from "../train/evaluator.js";
import type { Trained } from "./trained.js";

/** A group of a data set, and what its images say about a net. */
export interface GroupEvaluation extends Evaluation {
  readonly name: string;
  readonly images: number;
}

/** Names in the order of the numbers in them: `reef 2` before `reef 10`. */
const byName = new Intl.Collator("en", { numeric: true });

/**
 * Evaluates a net on each group by itself, in the order of their names.
 *
 * @throws InputError for a data set without groups.
 * @example
 * const net = await openTrained("runs/a");
 * const { test } = await openDataset("mnist");
 * // Data of a table with a column of groups bring both.
 * const groups = Int32Array.from({ length: test!.length }, (_, at) => Math.floor(at / 5000));
 * const found = await evaluateGroups(net, { ...test!, groups, groupNames: ["clerks", "pupils"] });
 * found.map(({ name, images }) => [name, images]); // [["clerks", 5000], ["pupils", 5000]]
 * await net.close();
 */
export async function evaluateGroups(net: Trained, dataset: Dataset): Promise<GroupEvaluation[]> {
  const { name, groups, groupNames } = dataset;
  if (!groups) {
    throw new InputError(
      `${name} does not say what its images belong to; expected a column of groups, as --columns group=habitat, or ` +
        "--group-by parent in training",
    );
  }
  const members = new Map<number, number[]>();
  for (const [at, group] of groups.entries()) {
    const own = members.get(group);
    if (own) own.push(at);
    else members.set(group, [at]);
  }
  const found: GroupEvaluation[] = [];
  for (const [group, own] of members) {
    const evaluation = await net.evaluate(subset(dataset, own));
    found.push({ name: groupNames?.[group] ?? `${group}`, images: own.length, ...evaluation });
  }
  return found.sort((a, b) => byName.compare(a.name, b.name));
}
