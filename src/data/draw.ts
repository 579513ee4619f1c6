// The disjoint sets of a run, drawn from a source by a seed: to learn from, to choose by, to test with.

import { InputError } from "../inputError.js";
import { Random } from "../tensor/philox.js";
import { type Dataset, type Splits, subset } from "./dataset.js";
import { splitSelection } from "./split.js";

/** How the images of a run are drawn. */
export interface Drawing {
  readonly seed: number;
  /** Images to learn from, as many of each class; default all. */
  readonly train?: number;
  /**
   * Share of the training data that is split off to choose by, where the source brings no such set. With 0 all are learned
   * from, and a tenth of them tells how training goes.
   */
  readonly selection: number;
}

/** Share of the images to learn from that tell how training goes where none are held out. */
const LOOKED_AT = 0.1;

/** A part to learn from and a part to choose by, and the source's test set if it has one. */
export type Drawn = Splits & Required<Pick<Splits, "selection">>;

/** Numbers of the images of each class, or of all together, in the order in which they are drawn. */
function shuffledClasses({ labels, length }: Dataset, seed: number): number[][] {
  const classOf = labels.kind === "class" ? labels.of : new Int32Array(length);
  const count = labels.kind === "class" ? labels.classes.length : 1;
  const members = Array.from({ length: count }, (): number[] => []);
  for (const index of new Random({ seed, purpose: "split" }).permutation(length)) {
    members[classOf[index]].push(index);
  }
  return members;
}

/** `total` in parts that differ by one at most, the larger ones first. */
const evenParts = (total: number, parts: number): number[] =>
  Array.from(
    { length: parts },
    (_, at) => Math.floor(total / parts) + (at < total % parts ? 1 : 0),
  );

/**
 * Takes disjoint parts out of a data set, each with (almost) as many images of one class as of
 * another. The same seed takes the same images.
 *
 * @param counts images of each part
 * @throws InputError naming the first class that has too few images.
 */
export function balancedSubsets(
  dataset: Dataset,
  counts: readonly number[],
  seed: number,
): Dataset[] {
  const { name, labels } = dataset;
  const left = shuffledClasses(dataset, seed);
  return counts.map((count) => {
    const wanted = evenParts(count, left.length);
    const taken = left.flatMap((members, at) => {
      if (members.length >= wanted[at]) return members.splice(0, wanted[at]);
      throw new InputError(
        `${name}: ${labels.kind === "class" ? `class ${labels.classes[at]}` : "the set"} has ${members.length} images left where a ` +
          `balanced part of ${count} needs ${wanted[at]}; ask for fewer training images`,
      );
    });
    return subset(
      dataset,
      taken.sort((a, b) => a - b),
    );
  });
}

/**
 * Draws the sets of one seed.
 *
 * @throws InputError when a class has too few images, or there are none to choose by.
 * @example
 * const { train, selection } = draw(await openDataset("mnist"), { seed: 1, train: 200, selection: 0.5 });
 * [train.length, selection.length]; // [200, 200]
 */
export function draw(source: Splits, drawing: Drawing): Drawn {
  const { seed, train, selection: share } = drawing;
  const { test, selection, notes } = source;
  const rest = { ...(test && { test }), ...(notes && { notes }) };
  if (share === 0 && !selection) {
    const all =
      train === undefined ? source.train : balancedSubsets(source.train, [train], seed)[0];
    return {
      train: all,
      selection: splitSelection(all, { seed, fraction: LOOKED_AT }).selection,
      ...rest,
    };
  }
  if (train === undefined) {
    const learning = selection
      ? { train: source.train, selection }
      : splitSelection(source.train, { seed, fraction: share });
    return { ...learning, ...rest };
  }
  if (source.train.groups && !selection) {
    const apart = splitSelection(source.train, { seed, fraction: share });
    return { ...apart, train: balancedSubsets(apart.train, [train], seed)[0], ...rest };
  }
  const forSelection = selection ? 0 : Math.max(1, Math.round((train * share) / (1 - share)));
  const [learning, chosen] = balancedSubsets(source.train, [train, forSelection], seed);
  return { train: learning, selection: selection ?? chosen, ...rest };
}
