// What a model is: a layer for images of one size, and a family that makes such models.

import type { Layer, Loss } from "../nn/index.js";

/** The images and classes that a model is made for. */
export interface ModelInput {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly classes: number;
}

/** Settings that a model was published with or is known to train well with; a user's go before them. */
export interface ModelDefaults {
  readonly optimizer?: string;
  readonly lr?: number;
  readonly decay?: number;
  /** Normalisation in units of the stored bytes: (byte - mean) / std, one a channel. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** What a net that follows a differential equation tells: it can be built at other depths. */
export interface Depth {
  /** Blocks of every stage. */
  readonly blocks: number;
  /** The parts that are made of blocks; block k of `stage` has the parameters `stage.k.…`. */
  readonly stages: readonly string[];
  /** The same equation in another number of steps; everything outside the stages is the same. */
  at(blocks: number): Layer;
}

/** A net ready to be built on a batch of images. */
export interface Model {
  readonly name: string;
  /** Where it comes from: authors, year, arXiv id. */
  readonly source: string;
  /** [channels, height, width]. */
  readonly input: readonly [number, number, number];
  readonly classes: number;
  /** Images [n, c, h, w] to logits [n, classes]. */
  readonly layer: Layer;
  /** Its own loss; default softmax cross-entropy. */
  readonly loss?: Loss;
  readonly defaults?: ModelDefaults;
  /** Present when there are coarser and finer nets of its kind. */
  readonly depth?: Depth;
}

/** A family of models as data: a new one is a file with such a record and one line in the index. */
export interface ModelFamily {
  readonly name: string;
  readonly source: string;
  /** Smallest height and width that it takes. */
  readonly smallest: number;
  /** May refuse an input that it was not made for by a `InputError`. */
  create(input: ModelInput): Pick<Model, "layer" | "loss" | "defaults" | "depth">;
}
