// What every source of images becomes: bytes and integer labels in memory.

import { InputError } from "../inputError.js";

/** Images with one class label each. */
export interface Dataset {
  /** Short name for messages and the run folder. */
  readonly name: string;
  /** Number of images. */
  readonly length: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** u8 [length, height, width, channels]. */
  readonly images: Uint8Array;
  /** Class of each image, 0..classes.length-1. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
}

/** The parts of a source. `test` is touched once, at the end of a run. */
export interface Splits {
  readonly train: Dataset;
  /** Present when the source brings its own; otherwise it is split from `train`. */
  readonly selection?: Dataset;
  readonly test?: Dataset;
}

/**
 * The images at the given indices, in that order, as a data set of its own (bytes are copied).
 *
 * @throws InputError for an index outside the data set.
 * @example
 * const { train } = await openDataset("mnist");
 * subset(train, [0, 2, 4]).labels; // Int32Array(3) [ 5, 4, 9 ]
 */
export function subset(dataset: Dataset, indices: ArrayLike<number>, name = dataset.name): Dataset {
  const bytes = dataset.height * dataset.width * dataset.channels;
  const images = new Uint8Array(indices.length * bytes);
  const labels = new Int32Array(indices.length);
  for (let at = 0; at < indices.length; at++) {
    const from = indices[at];
    if (!(from >= 0 && from < dataset.length)) {
      throw new InputError(`${dataset.name} has no image ${from}; it has ${dataset.length}`);
    }
    images.set(dataset.images.subarray(from * bytes, (from + 1) * bytes), at * bytes);
    labels[at] = dataset.labels[from];
  }
  return { ...dataset, name, length: indices.length, images, labels };
}
