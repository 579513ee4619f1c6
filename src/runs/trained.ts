// A run's result in use: its weights on an engine, for evaluating data sets and classifying images.

import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Augmentation,
  alignLabels,
  checkImages,
  type Dataset,
  getViews,
  type Labels,
  labelKinds,
  type Views,
} from "../data/index.js";
import {
  createEngine,
  type Engine,
  type EngineOptions,
  halved,
  multipliesHalf,
  type Vector,
} from "../engine/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { type Net, netOf } from "../nn/index.js";
import {
  type Asked,
  ask,
  type Constants,
  type DecodeOptions,
  ensembleQuestion,
  getTask,
  type Prediction,
  type Score,
  scoreOf,
  sizeOfInput,
  type Task,
} from "../tasks/index.js";
import { type Evaluation, Evaluator } from "../train/evaluator.js";
import { modelOf, withLoss } from "../train/modelOf.js";
import { isOnnx } from "../train/onnxWeights.js";
import { loadModule } from "../train/ownModule.js";
import { type NetInfo, readWeights, vectorOf } from "../train/weights.js";
import { FeatureMaker, type Features } from "./features.js";
import { onnxRun } from "./onnxRun.js";
import { Predictor } from "./predictor.js";
import { type RunConfig, readRunConfig } from "./runConfig.js";
import { runFiles } from "./runFiles.js";

/** What {@link Trained.evaluate} metrics. */
export interface TimedEvaluation extends Evaluation {
  readonly imagesPerSecond: number;
  readonly seconds: number;
  readonly memory: { readonly peakBytes: number; readonly activationBytes: number };
}

/** A net with its weights. Open one by {@link openTrained}, and close it. */
export class Trained {
  private readonly predictor: Predictor;
  /** How images are seen, and how many at once. */
  private readonly seen: NetInfo;
  private readonly batch: number;
  private maker?: Promise<FeatureMaker>;
  private evaluator?: Promise<Evaluator>;

  constructor(
    readonly config: RunConfig,
    readonly info: NetInfo,
    readonly model: Model,
    readonly task: Task,
    readonly engine: Engine,
    /** All parameters [length of the layout]; not to be changed. */
    readonly w: Vector,
    views?: Views,
    /** Images at once; default about as many as in training. */
    batch = Math.ceil(config.settings.batch / (views?.maps.length ?? 1)),
  ) {
    this.seen = views ? { ...info, views: views.maps } : info;
    this.batch = batch;
    this.predictor = new Predictor(engine, model, task, this.seen, this.batch);
  }

  /**
   * Loss and metrics on a data set with labels of the task's kind and the net's names.
   *
   * @param augment what is done to its images, the same each time; default nothing
   */
  async evaluate(dataset: Dataset, augment?: readonly Augmentation[]): Promise<TimedEvaluation> {
    const { engine, seen, batch } = this;
    const fitting = this.fitting(dataset);
    this.evaluator ??= Evaluator.create(engine, this.question(fitting.labels), batch, seen);
    const evaluator = await this.evaluator;
    const start = performance.now();
    const evaluation = await evaluator.evaluate(this.w, evaluator.loader(fitting, augment));
    const seconds = (performance.now() - start) / 1000;
    const { peakBytes, activationBytes } = evaluator.memory;
    return {
      ...evaluation,
      imagesPerSecond: dataset.length / seconds,
      seconds,
      memory: { peakBytes, activationBytes },
    };
  }

  /** What the net says of each image; labels do not matter. Programs are compiled once for batches of about a size. */
  predict(dataset: Dataset, options?: DecodeOptions): Promise<Prediction[]> {
    return this.predictor.predict(this.w, dataset, options);
  }

  /** Compiles what {@link predict} needs for so many images at once, so that the first ones need not wait for it. */
  prepare(images: number): Promise<void> {
    return this.predictor.prepare(images);
  }

  /**
   * Numbers from which the decoder says things, chosen on images whose labels are known; they hold for a net that is
   * opened with them, as {@link tuneDecision} leaves it.
   *
   * @throws InputError for a task whose decoder has no such numbers.
   */
  async tuned(dataset: Dataset): Promise<Constants> {
    const { task, info, model, w } = this;
    const { labels, ...rest } = this.fitting(dataset);
    const tuner = task.newTuner?.(labels, info.constants, sizeOfInput(model));
    if (!tuner) {
      throw new InputError(`task ${task.name} has nothing to choose: it says what is likeliest`);
    }
    const { predictor } = this;
    await predictor.outputs(w, { ...rest, labels }, (output, _, first) => tuner.add(output, first));
    return { ...info.constants, ...tuner.constants() };
  }

  /**
   * Features of each image: what the net's body makes of it, means over the pixels of its last map; labels do not matter.
   *
   * @throws InputError for a model without a body.
   * @example
   * const net = await openTrained("runs/a");
   * const { test } = await openDataset("mnist");
   * const { of, width } = await net.features(test!);
   * of.length === width * test!.length; // true
   * await net.close();
   */
  async features(dataset: Dataset): Promise<Features> {
    const { engine, model, info, w, config } = this;
    const { batch } = config.settings;
    this.maker ??= FeatureMaker.create(engine, model, info, w, batch);
    return (await this.maker).make(dataset);
  }

  /** The metric that decided. */
  get score(): Score {
    return scoreOf(this.config.settings, this.task);
  }

  /** What its task asks about data with these labels. */
  question(labels: Labels): Asked {
    const { model, task, info } = this;
    return ask(model, task, labels, info.constants);
  }

  /**
   * A data set as the net needs it: checked, and its labels by the net's names, whatever their order. It may show some
   * of the classes only.
   *
   * @throws InputError when it has another kind of labels, or names that the net does not know.
   */
  fitting(dataset: Dataset): Dataset {
    const { info, task } = this;
    const { name, labels } = dataset;
    checkImages(dataset);
    if (task.labels === "none") return dataset;
    if (labels.kind !== task.labels) {
      throw new InputError(
        `${name} has ${labelKinds[labels.kind].title}; the net's task ${task.name} needs ` +
          `${labelKinds[task.labels].title}`,
      );
    }
    return { ...dataset, labels: alignLabels(labels, info.names, name) };
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

/** Refuses views that cannot be had of a net's images, or whose outputs cannot be averaged. */
function expectViews({ name, square }: Views, task: Task, { name: model, loss, input }: Model) {
  const [, height, width] = input;
  const fault = !task.average
    ? `task ${task.name} has no mean of what it says of several views`
    : loss
      ? `model ${model} has a loss of its own, whose outputs are no logits`
      : square && height !== width
        ? `the net's images are ${height}x${width}, and must be squares to be turned`
        : undefined;
  if (fault !== undefined) throw new InputError(`views ${name}: ${fault}; leave views out`);
}

/** Settings of {@link openTrained}. */
export interface OpenTrainedOptions extends EngineOptions {
  /**
   * Views of each image over which what is said of it is averaged: `flip` (2) or `dihedral` (8); default the image as it is.
   * They take as many times as long. Features are of the image as it is.
   */
  readonly views?: string;
  /**
   * Numbers that convolutions and matrix products multiply: `f32`, `bf16`, or `auto` for bf16 where the processor is faster
   * by it; default `f32`, in whatever the run was trained.
   */
  readonly precision?: "f32" | "bf16" | "auto";
  /** Images at once; default as many as in training, views counted. */
  readonly batch?: number;
}

/** An engine that multiplies such numbers in a net. */
async function engineIn(
  precision: OpenTrainedOptions["precision"],
  { graph }: Net,
  options: EngineOptions,
): Promise<Engine> {
  const engine = await createEngine(options);
  const half =
    precision === "auto" ? await multipliesHalf(engine.name, graph) : precision === "bf16";
  return half ? halved(engine) : engine;
}

/** What the folder of a run holds of its best net. */
async function folderRun(run: string) {
  const config = await readRunConfig(run);
  const path = join(run, runFiles.best);
  if (!existsSync(path)) {
    throw new InputError(`${run} has no weights yet: there is no ${runFiles.best} in it`);
  }
  return { config, weights: await readWeights(path), path };
}

/**
 * Opens a run's best weights, or an ONNX file that `convoy export` wrote.
 *
 * @throws InputError for a folder that holds no run, or none with weights yet; FormatError for damaged
 * weights; InputError when the module that the run was made with is gone or changed.
 * @example
 * const net = await openTrained("runs/a");
 * const { test } = await openDataset("mnist");
 * const { metrics } = await net.evaluate(test!);
 * Object.keys(metrics); // ["accuracy", "balancedAccuracy", "top5", "macroF1"]
 * await net.close();
 */
export async function openTrained(
  run: string,
  { views, precision, batch, ...options }: OpenTrainedOptions = {},
): Promise<Trained> {
  const seen = views === undefined ? undefined : getViews(views);
  const { config, weights, path } = isOnnx(run)
    ? { ...(await onnxRun(run)), path: run }
    : await folderRun(run);
  const { info, tensors } = weights;
  const own = config.module && (await loadModule(config.module.path, config.module));
  const task = getTask(info.task, own?.tasks);
  const single = withLoss(modelOf(info, path, { own: own?.models }), config.settings.loss);
  const { model } = ensembleQuestion(
    { model: single, task, constants: info.constants },
    info.members,
  );
  const net = netOf(model, 1, { training: false });
  const { layout } = net;
  const values = vectorOf(layout, tensors, path);
  if (seen) expectViews(seen, task, model);
  const engine = await engineIn(precision, net, options);
  const w = engine.vector(layout.length);
  await w.write(values);
  return new Trained(config, info, model, task, engine, w, seen, batch);
}
