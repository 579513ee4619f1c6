// The images of the small-data benchmark: a few of each class to learn from and a few to choose settings by, several times
// over, no image twice. The test images are those of the source.

import {
  balancedSubsets,
  type ClassLabels,
  type Dataset,
  joined,
  type Splits,
  subset,
} from "../../data/index.js";
import { InputError } from "../../inputError.js";

/** Share of the images of a triple that settings are chosen by, as published: 20 of 50. */
const CHOSEN_BY = 0.4;

/** How the triples are made. */
export interface TripleOptions {
  /** Images of each class in a triple. */
  readonly perClass: number;
  readonly splits: number;
  /** Whether they are the first ones of each class, as the source has them, and not drawn; default false. */
  readonly inOrder?: boolean;
  readonly seed: number;
}

/** A part to learn from and one to choose by while settings are searched, and both together. */
export interface Triple {
  readonly train: Dataset;
  readonly selection: Dataset;
  readonly both: Dataset;
}

/** Numbers of some images, of each class so many as `counts` says for each part in turn. */
function partsInOrder({ of, classes }: ClassLabels, counts: readonly number[]): number[][] {
  const left = classes.map(() => [] as number[]);
  for (const [at, label] of of.entries()) left[label].push(at);
  return counts.map((count) => left.flatMap((members) => members.splice(0, count)));
}

/** The first image of each group, so that no two parts have images of one. */
function onePerGroup(dataset: Dataset): Dataset {
  const { groups } = dataset;
  if (!groups) return dataset;
  const firsts = new Map<number, number>();
  for (const [at, group] of groups.entries()) if (!firsts.has(group)) firsts.set(group, at);
  const { groups: _, groupNames: __, ...alone } = subset(dataset, [...firsts.values()]);
  return alone;
}

/** Refuses a source that has too few images of a class, or no classes. */
function checkCounts(
  { name, labels }: Dataset,
  what: "images" | "groups",
  { perClass, splits }: TripleOptions,
): ClassLabels {
  if (labels.kind !== "class") {
    throw new InputError(
      `${name} has labels of the kind ${labels.kind}; the small-data benchmark needs one class per image`,
    );
  }
  for (const [at, of] of labels.classes.entries()) {
    const found = labels.of.filter((label) => label === at).length;
    const needed = splits * perClass;
    if (found >= needed) continue;
    throw new InputError(
      `${name}: class ${of} has ${found} ${what} to learn from; expected ${needed}: ${splits} splits of ${perClass}`,
    );
  }
  return labels;
}

/**
 * Disjoint triples of a source. Of images that belong together only the first one is taken. A selection set that the source
 * brings is learned from like the rest.
 *
 * @throws InputError naming the class that has too few images
 * @example
 * const [first] = triplesOf(await openDataset("mnist"), { perClass: 10, splits: 3, seed: 1 });
 * [first.train.length, first.selection.length, first.both.length]; // [60, 40, 100]
 */
export function triplesOf({ train, selection }: Splits, options: TripleOptions): Triple[] {
  const { perClass, splits, inOrder = false, seed } = options;
  const source = selection ? joined(train, selection) : train;
  const all = onePerGroup(source);
  const labels = checkCounts(all, source.groups ? "groups" : "images", options);
  const choosing = Math.max(1, Math.round(perClass * CHOSEN_BY));
  const counts = Array.from({ length: splits }, () => [perClass - choosing, choosing]).flat();
  const parts = inOrder
    ? partsInOrder(labels, counts).map((indices) => subset(all, indices))
    : balancedSubsets(
        all,
        counts.map((count) => count * labels.classes.length),
        seed,
      );
  return Array.from({ length: splits }, (_, at) => {
    const [learned, chosen] = parts.slice(2 * at, 2 * at + 2);
    const named = { ...chosen, name: `${all.name} (selection)` };
    return { train: learned, selection: named, both: joined(learned, chosen, all.name) };
  });
}
