// Weights that another program trained, described as data: which tensor of its file is which parameter
// of a model here, and what images the net is used to.

/** The file's tensor of each parameter, both by name. */
export type Names = Readonly<Record<string, string>>;

/** Describes a kind of weights file. A new one is a file with such a record and a line in the index. */
export interface NameMap {
  /** Short name for messages. */
  readonly name: string;
  /** Where such files come from. */
  readonly source: string;
  /** The model that the weights belong to, by name. */
  readonly model: string;
  /**
   * The file's tensor of each parameter, both by name; shapes are those of the model, but for axes of length 1. The
   * last layer may be left out: a net of features only.
   */
  readonly tensors: Names;
  /** What the weights were trained on. */
  readonly images: {
    /** [channels, height, width]. */
    readonly input: readonly [number, number, number];
    /** Per channel in units of bytes, red first: input = (byte - mean) / std. */
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  /**
   * The parameter whose input channels come blue first in the file. They are turned round on reading, so
   * that the net takes images as every other net does.
   */
  readonly blueFirst?: string;
  /** Names of the classes, in the order of the logits; none for a net of features. */
  readonly classes: readonly string[];
  /**
   * The last layer, where files may have other classes than these, or lack it: its parameters are `<head>.weight` and
   * `<head>.bias`.
   */
  readonly head?: string;
  /** What the file's program adds to the variances in batch normalisation; default 1e-5, as the models here. */
  readonly batchNormEps?: number;
}
