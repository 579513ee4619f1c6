// One net that learns: its point, its optimizer's state and the batches it sees. A run's session and
// every particle of a swarm hold one.

import { type Batch, type Dataset, Loader, parseAugmentations } from "../data/index.js";
import type { Engine, MemoryReport, Vector } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import { compileUpdate, getOptimizer, type OptimState, type Update } from "../optim/index.js";
import { countTopK } from "../tasks/index.js";
import type { TrainConfig } from "./config.js";
import { DivergedError } from "./errors.js";
import { type LearningRate, learningRate } from "./learningRate.js";
import {
  classificationObjective,
  compileTraining,
  type Evaluated,
  type Objective,
  type TrainingProgram,
} from "./objective.js";
import { pipeline, type StepRange } from "./pipeline.js";
import type { Prepared } from "./prepare.js";
import { firstWeights } from "./start.js";

/** Results of one step; epoch and step count from 0. */
export interface StepResult {
  readonly epoch: number;
  readonly step: number;
  /** Mean over the batch. */
  readonly loss: number;
  readonly correct: number;
  readonly images: number;
  readonly lr: number;
}

/** What all nets with the same settings on one engine share. */
export interface LearnerPrograms {
  readonly training: TrainingProgram;
  readonly update: Update;
}

/** What a learner is made of. */
export interface LearnerParts {
  readonly programs: LearnerPrograms;
  readonly objective: Objective;
  readonly loader: Loader;
  readonly rate: LearningRate;
  /** Of the optimizer: weight decay, its own numbers and the seed of those that it draws. */
  readonly config: Pick<TrainConfig, "decay" | "hyper" | "seed">;
  /** Number of the particle. */
  readonly particle?: number;
  readonly classes: number;
  readonly w: Vector;
  readonly grad: Vector;
  readonly state: OptimState;
}

/** Settings of {@link openLearner} beside those of the run. */
export interface LearnerOptions {
  /** Number of the particle: its own stream of batches, and of initial weights. Default 0. */
  readonly particle?: number;
  /** Number that draws the initial weights; default that of the particle. */
  readonly start?: number;
  /** Default: the schedule of the run's settings. */
  readonly rate?: LearningRate;
  /** Default: the run's training pictures. */
  readonly pictures?: Dataset;
  /** Default: compiled for this net alone. */
  readonly programs?: LearnerPrograms;
}

/** A net in training. */
export class Learner {
  constructor(private readonly parts: LearnerParts) {}

  get layout(): ParamLayout {
    return this.parts.objective.layout;
  }

  /** Of the training program. */
  get memory(): MemoryReport {
    return this.parts.programs.training.program.memory;
  }

  /** All parameters [layout.length]. */
  get w(): Vector {
    return this.parts.w;
  }

  /** The optimizer's vectors [layout.trainable] by name. */
  get state(): OptimState {
    return this.parts.state;
  }

  get stepsPerEpoch(): number {
    return this.parts.loader.stepsPerEpoch;
  }

  get batchSize(): number {
    return this.parts.loader.batchSize;
  }

  /** Learning rate of a step of an epoch. */
  rateAt(epoch: number, step: number): number {
    return this.parts.rate(epoch * this.stepsPerEpoch + step);
  }

  /**
   * Trains on a range of steps and returns the number of the first one that was not started.
   *
   * @param proceed asked before each step whether to go on
   * @throws DivergedError when a loss is not finite.
   */
  learn(
    range: StepRange,
    onStep: (result: StepResult) => void | Promise<void>,
    proceed?: (step: number) => boolean,
  ): Promise<number> {
    const { epoch } = range;
    return pipeline(this.parts.loader, range, {
      proceed,
      start: (batch, step) => this.start(batch, epoch, step),
      finish: async ({ loss, logits }, { labels }, step) => {
        this.expectFinite(loss, epoch, step);
        const correct = countTopK(logits, labels, this.parts.classes, 1);
        const lr = this.rateAt(epoch, step);
        await onStep({ epoch, step, loss, correct, images: labels.length, lr });
      },
    });
  }

  /** @throws DivergedError when a loss at a step is not finite. */
  expectFinite(loss: number, epoch: number, step: number): void {
    if (Number.isFinite(loss)) return;
    throw new DivergedError(epoch + 1, step + 1, loss, this.rateAt(epoch, step));
  }

  /** Queues one step: the gradient, then the update. */
  private async start(batch: Batch, epoch: number, step: number): Promise<Evaluated> {
    const { objective, programs, w, grad, state, config, particle } = this.parts;
    const { stepsPerEpoch } = this;
    const evaluated = objective.evaluate(w, batch, { grad }, { epoch, step });
    const hyper = {
      ...config.hyper,
      lr: this.rateAt(epoch, step),
      decay: config.decay,
      step: epoch * stepsPerEpoch + step + 1,
      stepsPerEpoch,
    };
    const key = { seed: config.seed, purpose: "noise", particle, epoch, step } as const;
    const updated = programs.update.step(w, grad, state, hyper, key);
    return (await Promise.all([evaluated, updated]))[0];
  }
}

/** Pictures in a step: no more than there are. */
const batchFor = ({ config, splits }: Prepared, pictures = splits.train) =>
  Math.min(config.batch, pictures.length);

/** Compiles what nets with these settings need. */
export async function openPrograms(
  engine: Engine,
  prepared: Prepared,
  pictures?: Dataset,
): Promise<LearnerPrograms> {
  const { config, model } = prepared;
  const { labelSmoothing, optimizer } = config;
  const batch = batchFor(prepared, pictures);
  const training = await compileTraining(engine, model, { batch, labelSmoothing });
  const update = await compileUpdate(engine, getOptimizer(optimizer), training.layout);
  return { training, update };
}

function openLoader(
  engine: Engine,
  { config, model, net, splits }: Prepared,
  { particle, pictures = splits.train }: LearnerOptions,
): Loader {
  const [, outHeight, outWidth] = model.input;
  const { batch, seed, augment } = config;
  return new Loader(engine, pictures, {
    batch,
    seed,
    particle,
    shuffle: true,
    augment: parseAugmentations(augment),
    outHeight,
    outWidth,
    mean: net.mean,
    deviation: net.deviation,
  });
}

/** A net at the start of its training. */
export async function openLearner(
  engine: Engine,
  prepared: Prepared,
  options: LearnerOptions = {},
): Promise<Learner> {
  const { config, model } = prepared;
  const { particle, start = particle, pictures } = options;
  const programs = options.programs ?? (await openPrograms(engine, prepared, pictures));
  const { layout } = programs.training;
  const loader = openLoader(engine, prepared, options);
  const w = engine.vector(layout.length);
  await w.write(firstWeights(programs.training, config.seed, start, prepared.start));
  return new Learner({
    programs,
    objective: classificationObjective(programs.training, { seed: config.seed, particle }),
    loader,
    rate: options.rate ?? learningRate(config, loader.stepsPerEpoch),
    config,
    particle,
    classes: model.classes,
    w,
    grad: engine.vector(layout.trainable),
    state: programs.update.init(),
  });
}
