// What a net is asked: a class, tags, a number, a mask, boxes. A task is a record; trainer, swarm, comparison and command
// line know the record and no task by name.

import type {
  Affine,
  Augmentation,
  Dataset,
  Fit,
  Image,
  Labels,
  OperationName,
  Segmenter,
  TargetMaker,
} from "../data/index.js";
import type { Buffer } from "../engine/engine.js";
import type { Value } from "../graph/index.js";
import type { Layer, Loss } from "../nn/index.js";
import type { Random } from "../tensor/philox.js";
import type { Shape } from "../tensor/shape.js";
import type { NumberedTask } from "./numbers.js";
import type { RankedAnswers } from "./precisionRecall.js";
import type { StateSize, TaskState } from "./state.js";
import type { Weighting } from "./weighting.js";

/** Numbers by the names of metrics; NaN for one that cannot be told from the data. */
export type MetricValues = Readonly<Record<string, number>>;

/** How a metric is read. */
export interface MetricInfo {
  readonly name: string;
  readonly better: "higher" | "lower";
  /** A share of 1 is shown in percent, a number as it is. */
  readonly unit: "share" | "number";
  /** Whether it counts each class alike, however rare it is. */
  readonly classesAlike?: boolean;
  /** Whether training tells it too, from its tallies. */
  readonly trained?: boolean;
  readonly description: string;
}

/** The metric that decides: it chooses the best epoch, pulls particles and ranks methods. */
export interface Score {
  readonly metric: string;
  readonly better: MetricInfo["better"];
}

/** A score as a number of which more is better. */
export const merit = ({ better }: Pick<Score, "better">, value: number): number =>
  better === "higher" ? value : -value;

/** How one class, tag or value fares: its name, its support and shares or errors by name. */
export interface OutputReport {
  readonly name: string;
  /** Images (of masks: pixels) of it. */
  readonly support: number;
  readonly [metric: string]: number | string;
}

/** Counts of true against predicted classes, row-major: `counts[truth * classes + predicted]`. */
export interface Confusion {
  readonly classes: readonly string[];
  readonly counts: Float64Array;
  /** Class that was said of each image [images]; absent where pixels are counted. */
  readonly said?: Int32Array;
}

/** What always the same answer scores. */
export interface ConstantAnswer {
  /** Of the task's metrics. */
  readonly metric: string;
  readonly value: number;
  /** The answer in words: always saying ... */
  readonly says: string;
}

/** Sums over an evaluation; batches are added one by one, never averaged. */
export interface Metrics {
  /**
   * Adds a batch.
   *
   * @param output of the net, f32 [n, ...]
   * @param indices of the images in the data set [n]
   * @param targets the inputs that the task's targets filled, by name
   * @param losses of each image [n], as the evaluation has found them
   */
  add(
    output: Float32Array,
    indices: Int32Array,
    targets: Readonly<Record<string, Buffer>>,
    losses?: Float32Array,
  ): void;
  values(): MetricValues;
  /** A row for each class, tag or value. */
  outputs(): OutputReport[];
  /** Where classes can be taken for each other. */
  readonly confusion?: Confusion;
  /** Answers of yes or no in the order of their scores, for each tag, or for the second of two classes. */
  readonly ranked?: readonly RankedAnswers[];
  /** What always the same answer would have scored on the same images; absent where nobody can tell. */
  readonly constant?: ConstantAnswer;
}

/** Chooses numbers of the decoder by images whose labels are known. */
export interface Tuner {
  /**
   * Adds images.
   *
   * @param output of the net, f32 [n, ...]
   * @param first number of the first image in the data set
   */
  add(output: Float32Array, first: number): void;
  /** What the decoder shall use from now on; other constants stay as they are. */
  constants(): Constants;
}

/** Settings of a task's loss. */
export interface TaskLossOptions extends Weighting {
  /** Share of a target spread evenly over the classes; default 0. */
  readonly smoothing?: number;
  /** Share of the soft Dice loss, of tasks that have one; default 0. */
  readonly dice?: number;
  /** The model's own loss, where it has one. */
  readonly own?: Loss;
  /** What {@link Task.constants} found in the training labels. */
  readonly constants: Constants;
  /** The images as they come, before any {@link Task.corrupt} [n, c, h, w]; of nets that look at images. */
  readonly images?: () => Value;
  /** What layers have marked, where the task looks inside ({@link Task.marks}). */
  readonly marks?: ReadonlyMap<string, Value>;
}

/** A loss in the graph, and the sums that training metrics are made of. */
export interface TaskLoss {
  /** Of each image [n]. */
  readonly losses: Value;
  /** Sums over the batch by name: a scalar, or a list [k], whose numbers the host knows as `name.0`, `name.1`, ... */
  readonly tallies: Readonly<Record<string, Value>>;
}

/** A loss that the host works out, as one that searches or assigns: what a graph alone cannot. */
export interface HostLoss {
  /** Of each image [n]. */
  readonly losses: Float32Array;
  /** Derivative of the mean of the losses by the outputs, in their shape. */
  readonly gradient: Float32Array;
  /** Sums over the batch, by name. */
  readonly tallies: MetricValues;
}

/** Numbers that a task takes from the training labels and that its decoder needs later: saved with the weights. */
export type Constants = Readonly<Record<string, readonly number[]>>;

/** What a net says of one image, as plain data. */
export type Prediction = Readonly<Record<string, unknown>>;

/** Settings of {@link Task.decode}. */
export interface DecodeOptions {
  /** Classes to name, best first; default all. */
  readonly top?: number;
  /** Least confidence of a tag, point or box that is said; default the task's own. */
  readonly confidence?: number;
}

/** What a decoder knows. */
export interface DecodeInfo {
  /** Names of the outputs. */
  readonly names: readonly string[];
  readonly constants: Constants;
  /** Of one image's output, without the batch. */
  readonly shape: Shape;
  /** Of the images that the net takes. */
  readonly size: ImageSize;
  /** The stored image of each output, for places in it that the net's input does not tell. */
  imageAt?(at: number): Image;
}

/** Size of the images that a net takes. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/**
 * What a net gives of a batch.
 *
 * | form | shape |
 * |---|---|
 * | `vector` | a number for each output [n, outputs] |
 * | `map` | one for each output and pixel [n, outputs, h, w] |
 * | `frames` | for each frame of a line its outputs, and that it says nothing [n, outputs + 1, frames] |
 * | `pieces` | for each piece of a line its outputs, that it is no sign, and whether it is there [n, outputs + 2, pieces] |
 * | `cells` | for each cell of a few grids its outputs, its box's four sides and how central it is [n, outputs + 5, cells] |
 */
export type OutputForm = "vector" | "map" | "cells" | "frames" | "pieces";

/** Settings that a task is known to learn well with; they go before those of a model and behind a user's. */
export interface TaskDefaults {
  /** Model by name where nobody names one; default one for images of their size. */
  readonly model?: string;
  readonly optimizer?: string;
  /** Learning rate of that optimizer; any other has its own. */
  readonly lr?: number;
  readonly decay?: number;
  /** How images of another shape than the net's are brought to it. */
  readonly fit?: Fit;
  /** The size that image files are read for; default that of the images. */
  readonly size?: number;
  readonly augment?: string;
  /** How lines are cut into the pieces that the net sees. */
  readonly segmenter?: Segmenter;
}

/** What settings say of strings that lines may show, and how they are learnt. */
export interface ReadingSettings {
  /** Name of the loss among those of the task. */
  readonly criterion?: string;
  /** Text of a grammar, and where it comes from. */
  readonly grammar?: { readonly text: string; readonly source: string };
}

/** A task as data: a new one is a folder with such a record, its test and one line in the index. */
export interface Task<L extends Labels = Labels> {
  readonly name: string;
  /** In words, for help. */
  readonly description: string;
  /** The kind of labels that it needs; `none`: it learns from images alone, whatever is known of them. */
  readonly labels: L["kind"];
  /** What the net gives. */
  readonly output: OutputForm;
  /** Whether it makes a difference on which side of 0 an output lies; default false. */
  readonly signed?: boolean;
  readonly defaults?: TaskDefaults;
  /** Channels that its nets see; default those of the images. */
  readonly channels?: number;
  /** Name of the model that it asks for where settings name one; default that one. */
  modelFor?(name: string): string;
  /**
   * Names of the net's outputs, one each.
   *
   * @param channels of the images; default 1
   */
  outputs(labels: L, channels?: number): readonly string[];
  /**
   * Refuses data that it cannot learn from.
   *
   * @throws InputError
   */
  check(dataset: Dataset<L>): void;
  /**
   * The size of a net's input, where it follows from the training images; default that of the images, or a square.
   *
   * @param size the setting of this name
   * @throws InputError for images that no net of such a size could learn from.
   */
  inputSize?(dataset: Dataset<L>, size?: number): ImageSize;
  /**
   * What it takes from the training labels, and from what settings say of its strings; default nothing.
   *
   * @throws InputError for a grammar that cannot be used
   */
  constants?(labels: L, settings?: ReadingSettings): Constants;
  /** Criteria that its strings may be learnt by, the default first; default it has one loss. */
  readonly criteria?: Readonly<Record<string, string>>;
  /** Whether its loss takes weights of the outputs and a focal exponent; default false. */
  readonly weighted?: boolean;
  /** Whether its loss can have a share of the soft Dice loss; default false. */
  readonly dice?: boolean;
  /** Operations of augmentation policies that its labels cannot follow; default none. */
  readonly unfit?: readonly OperationName[];
  /**
   * Refuses data that its constants do not hold for, as a grammar that does not accept a text.
   *
   * @throws InputError naming the image.
   */
  checkConstants?(dataset: Dataset<L>, constants: Constants): void;
  /** Makes the targets of batches of images of a size. */
  targets(labels: L, constants: Constants, size: ImageSize): TargetMaker;
  /** The loss of outputs [n, outputs, ...] against the inputs that the targets fill, by name. */
  loss?(
    output: Value,
    targets: Readonly<Record<string, Value>>,
    options: TaskLossOptions,
  ): TaskLoss;
  /** Numbers of its own that settings may change; default none. */
  readonly numbered?: NumberedTask;
  /** What it keeps of training beside the net, which its loss takes beside the targets; default nothing. */
  readonly state?: (size: StateSize) => TaskState;
  /** Loss of each image [n] outside of training, of outputs alone; default as in training. */
  readonly heldOut?: (output: Value, images: () => Value) => Value;
  /** What is done to images on their way into the net in training, while its loss sees them as they are; default nothing. */
  readonly corrupt?: Layer;
  /** Whether its loss looks at what layers have marked; default false. */
  readonly marks?: boolean;
  /** Views of each image in a batch, side by side, each augmented for itself; default 1. */
  readonly copies?: number;
  /** What is done to every image that it learns from or is evaluated on, behind all other augmentation; default nothing. */
  readonly augmentation?: Augmentation;
  /**
   * How far outputs [n, ...] are from those of a teacher, of each image [n]: T^2 times the divergence of what both say at
   * temperature T. Default none: the task cannot be taught by another net.
   */
  distil?(outputs: Value, teacher: Value, temperature: number, constants: Constants): Value;
  /**
   * Labels that are drawn from what a net says: of images whose labels are given and whose outputs are [n, outputs]. The loss
   * is minus the log of their probability. Default none, for losses that are nothing of the kind.
   */
  drawn?(labels: L, outputs: Float32Array, random: Random): L;
  /** The loss in place of {@link Task.loss} where a graph is not enough: outputs f32 and targets of `n` images of a size. */
  hostLoss?(
    output: Float32Array,
    targets: Readonly<Record<string, Buffer>>,
    n: number,
    constants: Constants,
    size: ImageSize,
  ): HostLoss;
  /** Metrics of training from its tallies over `images` images. */
  trainMetrics(tallies: MetricValues, images: number): MetricValues;
  /** Metrics of an evaluation, the deciding one first. */
  readonly metrics: readonly MetricInfo[];
  /** What a row of an evaluation tells of: a class, a tag, a value. */
  readonly reportOf: string;
  /** How the columns of those rows are read. */
  readonly reports: Readonly<Record<string, MetricInfo["unit"]>>;
  /** A fresh sum for one data set, seen in images of a size. */
  newMetrics(labels: L, constants: Constants, size: ImageSize): Metrics;
  /** Chooses what a decoder says from which confidence on; default there is nothing to choose. */
  newTuner?(labels: L, constants: Constants, size: ImageSize): Tuner;
  /**
   * Several outputs about the same images as one of their shape, which says the mean of what they say. Default none, for
   * tasks that tell of places, which views of an image would move.
   */
  average?(outputs: readonly Value[], constants: Constants): Value;
  /** What a tuner chose, in words: what is said, and from which confidence on; default nothing. */
  decisions?(
    constants: Constants,
    names: readonly string[],
  ): readonly (readonly [what: string, from: number])[];
  /**
   * A prediction of {@link Task.decode} with its places, which are in pixels of the net's input, in pixels of the image.
   * Default as it is, for predictions that tell of no place.
   *
   * @param map from the net's input to the image
   */
  placed?(prediction: Prediction, map: Affine): Prediction;
  /**
   * What is known of an image, as far as it can be drawn, in the form of a prediction that is right.
   * Default nothing.
   *
   * @param image its number among the labels, and its size
   * @param map from its pixels to those that places shall be in
   */
  known?(labels: L, image: ImageSize & { readonly at: number }, map: Affine): Prediction;
  /** A prediction in words: what is said, and not all that was asked. Default its row. */
  caption?(prediction: Prediction): string;
  /** A prediction as a row of a table: names of columns and what stands in them, the same for every image. */
  row(prediction: Prediction): readonly (readonly [column: string, value: string | number])[];
  /** What it finds in an image, for a table with a row for each: absent where it finds no places. */
  readonly things?: {
    readonly columns: readonly string[];
    rows(prediction: Prediction): readonly (readonly (string | number)[])[];
  };
  /** Whether it heeds {@link DecodeOptions.confidence}; default false. */
  readonly saysFrom?: boolean;
  /** What the net says of each image of a batch. */
  decode(output: Float32Array, info: DecodeInfo, options?: DecodeOptions): Prediction[];
}
