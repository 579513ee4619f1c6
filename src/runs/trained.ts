// A run's result in use: its weights on an engine, for evaluating data sets and classifying images.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, type Labels, Loader, labelKinds, namesOf } from "../data/index.js";
import { createEngine, type Engine, type EngineOptions, type Vector } from "../engine/index.js";
import { InputError } from "../inputError.js";
import { createModel, type Model } from "../models/index.js";
import { build, IMAGES, WEIGHTS } from "../nn/index.js";
import {
  type Asked,
  ask,
  type DecodeOptions,
  getTask,
  type Prediction,
  predictionGraph,
  type Score,
  scoreOf,
  type Task,
} from "../tasks/index.js";
import { sizeOf } from "../tensor/shape.js";
import { type Evaluation, Evaluator } from "../train/evaluator.js";
import { pipeline } from "../train/pipeline.js";
import { type NetInfo, readWeights, vectorOf } from "../train/weights.js";
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
  constructor(
    readonly config: RunConfig,
    readonly info: NetInfo,
    readonly model: Model,
    readonly task: Task,
    readonly engine: Engine,
    /** All parameters [length of the layout]; not to be changed. */
    readonly w: Vector,
  ) {}

  /** Loss and metrics on a data set with labels of the task's kind and the net's names. */
  async evaluate(dataset: Dataset): Promise<TimedEvaluation> {
    const { engine, info, config } = this;
    this.expectFitting(dataset);
    const evaluator = await Evaluator.create(
      engine,
      this.question(dataset.labels),
      config.settings.batch,
      info,
    );
    const start = performance.now();
    const evaluation = await evaluator.evaluate(this.w, evaluator.loader(dataset));
    const seconds = (performance.now() - start) / 1000;
    const { peakBytes, activationBytes } = evaluator.memory;
    return {
      ...evaluation,
      imagesPerSecond: dataset.length / seconds,
      seconds,
      memory: { peakBytes, activationBytes },
    };
  }

  /** What the net says of each image; labels do not matter. */
  async predict(dataset: Dataset, options?: DecodeOptions): Promise<Prediction[]> {
    const { engine, model, info, task } = this;
    const batch = Math.min(this.config.settings.batch, dataset.length);
    const { graph } = predictionGraph(model, batch);
    const shape = graph.outputs.get("output")!.shape.slice(1);
    const program = await engine.compile(graph, { frozen: [WEIGHTS] });
    const [, outHeight, outWidth] = model.input;
    const { mean, std } = info;
    const loading = { batch, seed: 0, shuffle: false, outHeight, outWidth, mean, std };
    const loader = new Loader(engine, dataset, loading);
    const found: Prediction[] = [];
    await pipeline(
      loader,
      { epoch: 0, from: 0, to: loader.stepsPerEpoch },
      {
        start: ({ images }) =>
          program.run({ vectors: { [WEIGHTS]: this.w }, inputs: { [IMAGES]: images } }),
        finish: ({ output }, { size }) => {
          const own = output.subarray(0, size * sizeOf(shape)) as Float32Array;
          found.push(...task.decode(own, { ...info, shape }, options));
        },
      },
    );
    return found;
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

  /** @throws InputError when a data set has other labels, names or channels than the net. */
  expectFitting({ name, labels, channels }: Dataset): void {
    const { info, task } = this;
    if (labels.kind !== task.labels) {
      throw new InputError(
        `${name} has ${labelKinds[labels.kind].title}; the net's task ${task.name} needs ` +
          `${labelKinds[task.labels].title}`,
      );
    }
    const names = namesOf(labels);
    if (JSON.stringify(names) !== JSON.stringify(info.names)) {
      throw new InputError(
        `${name} has the classes ${names.join(", ")}; the net knows ${info.names.join(", ")}`,
      );
    }
    if (channels !== info.input[0]) {
      throw new InputError(
        `${name} has images of ${channels} channels; the net takes ${info.input[0]}`,
      );
    }
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

/**
 * Opens a run's best weights.
 *
 * @throws InputError for a folder that holds no run, or none with weights yet; FormatError for damaged
 * weights.
 * @example
 * const net = await openTrained("runs/a");
 * const { test } = await openDataset("mnist");
 * const { metrics } = await net.evaluate(test!);
 * metrics.accuracy > 0.9; // true
 * await net.close();
 */
export async function openTrained(run: string, options: EngineOptions = {}): Promise<Trained> {
  const config = await readRunConfig(run);
  const path = join(run, runFiles.best);
  if (!existsSync(path)) {
    throw new InputError(`${run} has no weights yet: there is no ${runFiles.best} in it`);
  }
  const { info, tensors } = await readWeights(path);
  const [channels, height, width] = info.input;
  const model = createModel(info.model, { channels, height, width, classes: info.names.length });
  const { layout } = build(model.layer, [1, ...model.input], { training: false });
  const values = vectorOf(layout, tensors, path);
  const engine = await createEngine(options);
  const w = engine.vector(layout.length);
  await w.write(values);
  return new Trained(config, info, model, getTask(info.task), engine, w);
}
