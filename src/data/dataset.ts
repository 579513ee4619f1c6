// What every source of images becomes: stored images and what is known of each.

import { InputError } from "../inputError.js";
import { type Images, joinedImages, takeImages } from "./images.js";
import { joinLabels, type Labels, takeLabels } from "./labels.js";
import { type Rows, takeRows } from "./rows.js";

/** What images belong to, as writers, habitats or patients: a split never parts a group. */
export interface Grouping {
  /** Number of each image's group [length]. */
  readonly groups: Int32Array;
  /** What groups are called, by their numbers; the same list in all parts of a source. */
  readonly groupNames?: readonly string[];
}

/** Images, and what is known of each. */
export interface Dataset<L extends Labels = Labels> extends Partial<Grouping> {
  /** Short name for messages and the run folder. */
  readonly name: string;
  /** Number of images. */
  readonly length: number;
  readonly channels: number;
  /** Of one size or of sizes of their own; in memory or in a file. */
  readonly images: Images;
  /** What stands for the images, for a net that begins where they are worked out so far. */
  readonly rows?: Rows;
  readonly labels: L;
  /** Names of the files, for messages and tables of predictions [length]. */
  readonly ids?: readonly string[];
}

/** The parts of a source. `test` is touched once, at the end of a run. */
export interface Splits {
  readonly train: Dataset;
  /** Present when the source brings its own; otherwise it is split from `train`. */
  readonly selection?: Dataset;
  readonly test?: Dataset;
  /** Limits by which 16-bit images became bytes, where the training images say them: what `range` is from now on. */
  readonly range?: string;
  /** What the source was taken for and what of it was left out, a line each. */
  readonly notes?: readonly string[];
}

/** Name of a part: `train`, `selection` or `test`. */
export type Part = Exclude<keyof Splits, "notes" | "range">;

/**
 * The images at the given indices, in that order, as a data set of its own (bytes are shared).
 *
 * @throws InputError for an index outside the data set.
 * @example
 * const { train } = await openDataset("mnist");
 * labelData(subset(train, [0, 2, 4]).labels); // Int32Array(3) [ 5, 4, 9 ]
 */
export function subset<L extends Labels>(
  dataset: Dataset<L>,
  indices: ArrayLike<number>,
  name = dataset.name,
): Dataset<L> {
  const { groups, ids, length, labels, images, rows } = dataset;
  const list = Array.from(indices);
  const outside = list.find((at) => !(at >= 0 && at < length));
  if (outside !== undefined) {
    throw new InputError(`${dataset.name} has no image ${outside}; it has ${length}`);
  }
  return {
    ...dataset,
    name,
    length: list.length,
    images: takeImages(images, list),
    ...(rows && { rows: takeRows(rows, list) }),
    labels: takeLabels(labels, list),
    ...(groups && { groups: Int32Array.from(list, (at) => groups[at]) }),
    ...(ids && { ids: list.map((at) => ids[at]) }),
  };
}

/** Two data sets of one number of channels, kind and names of labels as one; the images of `a` come first. */
export function joined({ rows: _, ...a }: Dataset, b: Dataset, name = a.name): Dataset {
  return {
    ...a,
    name,
    length: a.length + b.length,
    images: joinedImages(a.images, b.images),
    labels: joinLabels(a.labels, b.labels),
    ...(a.groups && b.groups && { groups: Int32Array.from([...a.groups, ...b.groups]) }),
    ...(a.ids && b.ids && { ids: [...a.ids, ...b.ids] }),
  };
}
