// Takes a step of the learners' mean apart: how much of it goes down the slope that a large batch sees,
// and how much is noise, of the batches and of the learners standing at different points. Zhang et al.
// 2021, arXiv 2112.01433.

import { type Batch, Loader } from "../data/index.js";
import { Combiner } from "../engine/combine.js";
import type { Engine, Vector } from "../engine/engine.js";
import type { Objective } from "../optim/index.js";
import { targetsOf } from "../tasks/index.js";
import type { Prepared, TrainingProgram } from "../train/index.js";
import {
  averagedProducts,
  divideStep,
  type GradientProducts,
  landscapeNoise,
} from "./diagnostics.js";

/** Batches of a learner that make the large one. */
const LARGE = 8;

/** A step of the mean, in parts. */
export interface MeasuredStep {
  readonly effectiveRate: number;
  readonly noise: number;
  readonly landscapeNoise: number;
}

/** Measures on one engine, on training images as they are; leaves every net as it is. */
export class StepProbe {
  private readonly loader: Loader;
  private readonly objective: Objective;
  private readonly point: Vector;
  private readonly sums: Combiner;

  constructor(
    private readonly engine: Engine,
    training: TrainingProgram,
    { question, net, splits, config }: Prepared,
  ) {
    const { model, task, constants } = question;
    const { train } = splits;
    this.loader = new Loader(engine, train, {
      batch: Math.min(config.batch, train.length),
      seed: config.seed,
      shuffle: true,
      targets: targetsOf(model, task, train.labels, constants),
      intake: net,
    });
    this.objective = training.objective({ seed: config.seed });
    const { length, trainable } = training.layout;
    this.point = engine.vector(length);
    this.sums = new Combiner(engine, trainable);
  }

  /**
   * Measures a step from `positions` [layout.length] at `rate`, which their mean `centre` takes. The
   * epoch chooses the batches; costs two gradients for each position and {@link LARGE} more.
   */
  async measure(
    positions: readonly Vector[],
    centre: Vector,
    { rate, epoch }: { readonly rate: number; readonly epoch: number },
  ): Promise<MeasuredStep> {
    const large = await this.largeGradient(centre, epoch, positions.length);
    const gradients = async (at: (learner: number) => Vector) => {
      const found: Vector[] = [];
      for (const [learner] of positions.entries()) {
        found.push(await this.gradient(at(learner), epoch, learner));
      }
      return this.products(found, large);
    };
    const apart = await gradients((learner) => positions[learner]);
    const together = await gradients(() => centre);
    return { ...divideStep(rate, apart), landscapeNoise: landscapeNoise(rate, apart, together) };
  }

  private async products(own: readonly Vector[], large: Vector): Promise<GradientProducts> {
    const { dot } = this.engine.reduce;
    const table = await Promise.all(own.map((a) => Promise.all(own.map((b) => dot(a, b)))));
    const withLarge = await Promise.all(own.map((gradient) => dot(gradient, large)));
    return averagedProducts((i, j) => table[i][j], withLarge, await dot(large, large));
  }

  /** The mean gradient of batches that no learner has in this measurement. */
  private async largeGradient(centre: Vector, epoch: number, learners: number): Promise<Vector> {
    const found: Vector[] = [];
    for (let at = 0; at < LARGE; at++) {
      found.push(await this.gradient(centre, epoch, learners + at));
    }
    await this.sums.sum(
      found[0],
      found.map((vector) => ({ vector, weight: 1 / LARGE })),
    );
    return found[0];
  }

  private async gradient(at: Vector, epoch: number, number: number): Promise<Vector> {
    const grad = this.engine.vector(this.objective.layout.trainable);
    await this.point.write(await at.read());
    const batch = await this.batch(epoch, number);
    await this.objective.evaluate(this.point, batch, { grad }, { epoch, step: number });
    return grad;
  }

  /** Batch of a number; numbers beyond an epoch's go on in later ones. */
  private batch(epoch: number, number: number): Promise<Batch> {
    const { stepsPerEpoch } = this.loader;
    return this.loader.batch(epoch + Math.floor(number / stepsPerEpoch), number % stepsPerEpoch);
  }
}
