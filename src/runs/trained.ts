// A run's result in use: its weights on an engine, for evaluating data sets and classifying images.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, Loader } from "../data/index.js";
import { createEngine, type Engine, type EngineOptions, type Vector } from "../engine/index.js";
import { InputError } from "../inputError.js";
import { createModel, type Model } from "../models/index.js";
import { build, fuse, IMAGES, WEIGHTS } from "../nn/index.js";
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
    readonly engine: Engine,
    /** All parameters [length of the layout]; not to be changed. */
    readonly w: Vector,
  ) {}

  /** Accuracy, loss and confusion on a data set with the net's classes. */
  async evaluate(dataset: Dataset): Promise<TimedEvaluation> {
    const { engine, model, info, config } = this;
    this.expectFitting(dataset);
    const evaluator = await Evaluator.create(engine, model, config.settings.batch, info);
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

  /** Class probabilities (softmax) of each image; the data set's labels do not matter. */
  async classify(dataset: Dataset): Promise<Float32Array[]> {
    const { engine, model, info } = this;
    const batch = Math.min(this.config.settings.batch, dataset.length);
    const net = fuse(build(model.layer, [batch, ...model.input], { training: false }));
    net.graph.output("logits", net.output);
    const program = await engine.compile(net.graph, { frozen: [WEIGHTS] });
    const [, outHeight, outWidth] = model.input;
    const options = { batch, seed: 0, shuffle: false, outHeight, outWidth, ...info };
    const loader = new Loader(engine, dataset, options);
    const rows: Float32Array[] = [];
    await pipeline(
      loader,
      { epoch: 0, from: 0, to: loader.stepsPerEpoch },
      {
        start: ({ images }) =>
          program.run({ vectors: { [WEIGHTS]: this.w }, inputs: { [IMAGES]: images } }),
        finish: ({ logits }, { size }) => {
          const { length } = info.classes;
          for (let row = 0; row < size; row++) {
            rows.push(softmax(logits.slice(row * length, (row + 1) * length) as Float32Array));
          }
        },
      },
    );
    return rows;
  }

  /** @throws InputError when a data set has other classes or channels than the net. */
  expectFitting({ name, classes, channels }: Dataset): void {
    const { info } = this;
    if (JSON.stringify(classes) !== JSON.stringify(info.classes)) {
      throw new InputError(
        `${name} has the classes ${classes.join(", ")}; the net knows ${info.classes.join(", ")}`,
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

function softmax(logits: Float32Array): Float32Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/**
 * Opens a run's best weights.
 *
 * @throws InputError for a folder that holds no run, or none with weights yet; FormatError for damaged
 * weights.
 * @example
 * const net = await openTrained("runs/a");
 * const { test } = await openDataset("mnist");
 * const { confusion } = await net.evaluate(test!);
 * confusion.total; // 10000
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
  const model = createModel(info.model, { channels, height, width, classes: info.classes.length });
  const { layout } = build(model.layer, [1, ...model.input], { training: false });
  const values = vectorOf(layout, tensors, path);
  const engine = await createEngine(options);
  const w = engine.vector(layout.length);
  await w.write(values);
  return new Trained(config, info, model, engine, w);
}
