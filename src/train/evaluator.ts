// Evaluates weights on a data set.

import { type Dataset, Loader, type Normalisation } from "../data/index.js";
import type { Engine, MemoryReport, Program, Vector } from "../engine/engine.js";
import type { Model } from "../models/index.js";
import { IMAGES, WEIGHTS } from "../nn/index.js";
import { ConfusionMatrix, evaluationGraph, predictions, TARGETS } from "../tasks/index.js";
import { pipeline } from "./pipeline.js";

/** What a data set says about weights. */
export interface Evaluation {
  /** Share of the images whose class has the largest logit. */
  readonly accuracy: number;
  /** Mean over the images, without label smoothing. */
  readonly loss: number;
  readonly confusion: ConfusionMatrix;
}

/** A model compiled for evaluating; serves any number of data sets with the same classes. */
export class Evaluator {
  private constructor(
    private readonly engine: Engine,
    private readonly program: Program,
    private readonly model: Model,
    private readonly batch: number,
    private readonly normalisation: Normalisation,
  ) {}

  static async create(
    engine: Engine,
    model: Model,
    batch: number,
    normalisation: Normalisation,
  ): Promise<Evaluator> {
    const program = await engine.compile(evaluationGraph(model, batch).graph, {
      frozen: [WEIGHTS],
    });
    return new Evaluator(engine, program, model, batch, normalisation);
  }

  /** What the program takes. */
  get memory(): MemoryReport {
    return this.program.memory;
  }

  /** Batches of a data set for {@link evaluate}, resized to the model's input; kept between epochs. */
  loader(dataset: Dataset): Loader {
    const [, outHeight, outWidth] = this.model.input;
    const { batch, normalisation } = this;
    return new Loader(this.engine, dataset, {
      batch,
      seed: 0,
      shuffle: false,
      outHeight,
      outWidth,
      ...normalisation,
    });
  }

  /** Evaluates the weights `w` [layout.length]; what fills up the last batch does not count. */
  async evaluate(w: Vector, loader: Loader): Promise<Evaluation> {
    const { classes } = this.model;
    const confusion = new ConfusionMatrix(classes);
    let loss = 0;
    const range = { epoch: 0, from: 0, to: loader.stepsPerEpoch };
    await pipeline(loader, range, {
      start: ({ images, targets }) =>
        this.program.run({
          vectors: { [WEIGHTS]: w },
          inputs: { [IMAGES]: images, [TARGETS]: targets },
        }),
      finish: ({ logits, losses }, { labels, size }) => {
        for (const value of losses.subarray(0, size)) loss += value;
        confusion.add(
          predictions(logits.subarray(0, size * classes), classes),
          labels.subarray(0, size),
        );
      },
    });
    return { accuracy: confusion.accuracy, loss: loss / confusion.total, confusion };
  }
}
