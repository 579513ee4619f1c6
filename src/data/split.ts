// Splits a selection set off the training data: stratified, so that each class keeps its share, and by whole groups.

import { InputError } from "../inputError.js";
import { Random } from "../tensor/philox.js";
import { type Dataset, subset } from "./dataset.js";
import { countsOf, namesOf, strataOf } from "./labels.js";

/** Settings of {@link splitSelection}. */
export interface SplitOptions {
  readonly seed: number;
  /** Share of each class that goes to the selection set; default 0.1. */
  readonly fraction?: number;
}

/**
 * Divides training data into a part to learn from and a part to choose by. The same seed gives the
 * same division. Each class of two or more images is in both parts; of tags the rarest one of an image counts. Where
 * images have groups, each group is in one part as a whole, and classes keep their shares as far as that allows.
 *
 * @throws InputError when nothing can be split off.
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
  const random = new Random({ seed, purpose: "split" });
  const chosen = dataset.groups
    ? chooseGroups(dataset, dataset.groups, fraction, random)
    : chooseImages(dataset, fraction, random);
  const indices = Array.from(chosen.keys());
  const selection = indices.filter((index) => chosen[index]);
  return {
    train: subset(
      dataset,
      indices.filter((index) => !chosen[index]),
    ),
    selection: subset(dataset, selection, `${dataset.name} (selection)`),
  };
}

/** Marks the images that choose: as many of each class as its share. */
function chooseImages(dataset: Dataset, fraction: number, random: Random): Uint8Array {
  const strata = strataOf(dataset.labels, dataset.length);
  const left = selectionCounts(strata, fraction);
  const chosen = new Uint8Array(dataset.length);
  for (const index of random.permutation(dataset.length)) {
    if (left[strata[index]] > 0) {
      left[strata[index]]--;
      chosen[index] = 1;
    }
  }
  if (chosen.includes(1)) return chosen;
  throw new InputError(
    `${dataset.name}: no class has the two images that a selection set needs; ` +
      "add images or bring a selection set of your own",
  );
}

/** Marks the images of whole groups, as long as they are wanted and leave images of their classes to learn from. */
function chooseGroups(
  dataset: Dataset,
  groups: Int32Array,
  fraction: number,
  random: Random,
): Uint8Array {
  const strata = strataOf(dataset.labels, dataset.length);
  const wanted = selectionCounts(strata, fraction);
  const remaining = countEach(strata);
  const members = membersOf(groups, random);
  const chosen = new Uint8Array(dataset.length);
  const leavesSome = (counts: readonly number[]) =>
    counts.every((count, stratum) => count === 0 || remaining[stratum] > count);
  const choose = ({ indices, counts }: Group) => {
    for (const index of indices) chosen[index] = 1;
    for (const [stratum, count] of counts.entries()) {
      remaining[stratum] -= count;
      wanted[stratum] -= count;
    }
  };
  const all = members.map((indices) => ({ indices, counts: countEach(strata, indices) }));
  for (const group of all) {
    const useful = group.counts.reduce(
      (sum, count, stratum) => sum + Math.max(0, Math.min(count, wanted[stratum])),
      0,
    );
    if (2 * useful > group.indices.length && leavesSome(group.counts)) choose(group);
  }
  if (!chosen.includes(1)) {
    // All groups are larger than what is wanted: the smallest one that can be spared.
    const spare = all
      .filter(({ counts }) => leavesSome(counts))
      .sort((a, b) => a.indices.length - b.indices.length)[0];
    if (!spare) {
      throw new InputError(
        `${dataset.name}: its ${all.length} groups leave nothing to select on, as each holds all images of some ` +
          "class; add groups or bring a selection set of your own",
      );
    }
    choose(spare);
  }
  return chosen;
}

/** Images of a group, and how many of each stratum. */
interface Group {
  readonly indices: readonly number[];
  readonly counts: readonly number[];
}

/** Images of each group; the groups in random order. */
function membersOf(groups: Int32Array, random: Random): number[][] {
  const members = new Map<number, number[]>();
  for (const [index, group] of groups.entries()) {
    const list = members.get(group);
    if (list) list.push(index);
    else members.set(group, [index]);
  }
  const lists = [...members.values()];
  return Array.from(random.permutation(lists.length), (at) => lists[at]);
}

/** How many images there are of each stratum, of all or of some. */
function countEach(strata: Int32Array, indices?: readonly number[]): number[] {
  const most = strata.reduce((a, b) => Math.max(a, b), 0);
  const counts = new Array<number>(most + 1).fill(0);
  if (indices) for (const index of indices) counts[strata[index]]++;
  else for (const stratum of strata) counts[stratum]++;
  return counts;
}

/** How many images of each class to select: at least one, and never the last one. */
const selectionCounts = (strata: Int32Array, fraction: number): number[] =>
  countEach(strata).map((count) =>
    count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * fraction))),
  );

/** What makes a selection set a poor judge of classes or tags, in words; `undefined` when nothing does. */
export function selectionFault(train: Dataset, selection: Dataset): string | undefined {
  if (train.labels.kind !== "class" && train.labels.kind !== "tags") return undefined;
  const [learned, chosen] = [train, selection].map(({ labels }) => countsOf(labels));
  const missing = namesOf(train.labels).filter((_, at) => learned[at] > 0 && !chosen[at]);
  if (missing.length === 0) return undefined;
  const shown = missing.slice(0, 5).join(", ") + (missing.length > 5 ? ", ..." : "");
  return (
    `the selection set of ${selection.length} images shows none of ${missing.length} of ${learned.length} ` +
    `classes (${shown}); it chooses the best epoch badly`
  );
}
