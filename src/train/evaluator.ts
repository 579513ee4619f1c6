// Evaluates weights on a data set.

import { type Augmentation, type Batch, type Dataset, type Intake, Loader } from "../data/index.js";
import type { Engine, MemoryReport, Program, Vector } from "../engine/engine.js";
import { WEIGHTS } from "../graph/index.js";
import { IMAGES } from "../nn/index.js";
import {
  type Asked,
  type Confusion,
  type ConstantAnswer,
  evaluationGraph,
  type MetricValues,
  type OutputReport,
  type RankedAnswers,
  sizeOfInput,
  targetsOf,
} from "../tasks/index.js";
import { pipeline } from "./pipeline.js";

/** What a data set says about weights. */
export interface Evaluation {
  /** Mean over the images, without label smoothing. */
  readonly loss: number;
  /** Of each image, in order. */
  readonly losses: Float32Array;
  readonly metrics: MetricValues;
  /** A row for each class, tag or value. */
  readonly outputs: readonly OutputReport[];
  /** Where classes can be taken for each other. */
  readonly confusion?: Confusion;
  /** Of tags and of two classes. */
  readonly ranked?: readonly RankedAnswers[];
  /** What always the same answer would have scored, where somebody can tell. */
  readonly constant?: ConstantAnswer;
}

/** A model compiled for evaluation; serves any number of data sets with the same names of labels. */
export class Evaluator {
  private constructor(
    private readonly engine: Engine,
    private readonly program: Program,
    private readonly question: Asked,
    private readonly batch: number,
    private readonly intake: Intake,
  ) {}

  static async create(
    engine: Engine,
    question: Asked,
    batch: number,
    intake: Intake,
  ): Promise<Evaluator> {
    const { graph } = evaluationGraph(question, batch, intake.views?.length);
    const program = await engine.compile(graph, { frozen: [WEIGHTS] });
    return new Evaluator(engine, program, question, batch, intake);
  }

  /** What the program takes. */
  get memory(): MemoryReport {
    return this.program.memory;
  }

  /**
   * Batches of a data set for {@link evaluate}, kept between epochs.
   *
   * @param augment what is done to its images, the same each time; default nothing
   */
  loader(dataset: Dataset, augment: readonly Augmentation[] = []): Loader {
    const { model, task, constants } = this.question;
    const { augmentation } = task;
    return new Loader(this.engine, dataset, {
      batch: this.batch,
      seed: 0,
      shuffle: false,
      augment: augmentation ? [...augment, augmentation] : augment,
      targets: targetsOf(model, task, dataset.labels, constants),
      intake: this.intake,
    });
  }

  /** Evaluates the weights `w` [layout.length]; what fills up the last batch does not count. */
  async evaluate(w: Vector, loader: Loader): Promise<Evaluation> {
    const { task, constants, model } = this.question;
    const { dataset, stepsPerEpoch } = loader;
    const metrics = task.newMetrics(dataset.labels, constants, sizeOfInput(model));
    const losses = new Float32Array(dataset.length);
    let done = 0;
    await pipeline(
      loader,
      { epoch: 0, from: 0, to: stepsPerEpoch },
      {
        start: ({ images, targets }) =>
          this.program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: images, ...targets } }),
        finish: (outputs, { indices, targets, size }) => {
          const output = outputs.output as Float32Array;
          const found =
            (outputs.losses as Float32Array | undefined) ?? this.hostLosses(output, targets);
          const ownLosses = found.subarray(0, size);
          losses.set(ownLosses, done);
          done += size;
          const own = output.subarray(0, (output.length / indices.length) * size);
          metrics.add(own, indices.subarray(0, size), targets, ownLosses);
        },
      },
    );
    return {
      loss: losses.reduce((sum, loss) => sum + loss, 0) / dataset.length,
      losses,
      metrics: metrics.values(),
      outputs: metrics.outputs(),
      confusion: metrics.confusion,
      ...(metrics.ranked && { ranked: metrics.ranked }),
      ...(metrics.constant && { constant: metrics.constant }),
    };
  }

  /** Losses of a whole batch that no graph works out. */
  private hostLosses(output: Float32Array, targets: Batch["targets"]): Float32Array {
    const { task, constants, model } = this.question;
    return task.hostLoss!(output, targets, this.batch, constants, sizeOfInput(model)).losses;
  }
}
