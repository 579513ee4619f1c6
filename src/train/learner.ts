// One net that learns: its point, its optimizer's state and the batches it sees. A run's session and
// every particle of a swarm hold one.

import type { FirstBatch } from "../compress/index.js";
import { startPasses } from "../compress/passes/index.js";
import type { Batch, Dataset, Loader } from "../data/index.js";
import type { Engine, Vector } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import type { Model } from "../models/index.js";
import { build, type Net, type NetPass } from "../nn/index.js";
import {
  type Descent,
  type Descents,
  type FirstOrder,
  isLocal,
  type Objective,
  type OptimState,
  type OwnSlice,
  openOptimizer,
  type StepReport,
} from "../optim/index.js";
import type { Asked, OpenState, TaskState } from "../tasks/index.js";
import { type Compression, type LayerCompression, refreshDue } from "./activationBounds.js";
import type { TrainConfig } from "./config.js";
import { DivergedError } from "./divergedError.js";
import { gateCost } from "./gates.js";
import { HostVector } from "./hostVector.js";
import { type LearningRate, type Losses, learningRate } from "./learningRate.js";
import type { TrainingMemory } from "./memory.js";
import { compileTraining, type TrainingProgram } from "./objective.js";
import { batchesOf, type LoaderOptions, openLoader } from "./openLoader.js";
import { pipeline, type StepRange } from "./pipeline.js";
import type { Prepared } from "./prepare.js";
import { parseSparse, Sparsity } from "./sparsity.js";
import { firstWeights, imageWeights, type Start } from "./start.js";

/** Results of one step; epoch and step count from 0. */
export interface StepResult {
  readonly epoch: number;
  readonly step: number;
  /** Mean over the batch. */
  readonly loss: number;
  /** Sums over the images of the step that metrics are made of, by name. */
  readonly tallies: Readonly<Record<string, number>>;
  readonly images: number;
  readonly lr: number;
  /** What it cost, in gradients of the net on one batch. */
  readonly gradients: number;
  /** What else the optimizer tells of it, by name. */
  readonly details?: Readonly<Record<string, number>>;
}

/** What all nets with the same settings on one engine share. */
export interface LearnerPrograms {
  readonly training: TrainingProgram;
  /** First weights that are not drawn at random. */
  readonly start?: Start;
  /** The optimizer, for nets as a whole or for one part of them. */
  readonly optimizer: (part?: OwnSlice) => Promise<Descents>;
  /** What the task keeps for each net, where it keeps anything. */
  readonly state?: TaskState;
}

/** What a learner is made of. */
export interface LearnerParts {
  readonly training: TrainingProgram;
  readonly descent: Descent;
  /** Of compressed activations. */
  readonly compression?: Compression;
  /** Of the task. */
  readonly state?: OpenState;
  /** Of masks that are made while the net learns. */
  readonly sparsity?: Sparsity;
  /** Whether gates shut to the end. */
  readonly shuts: boolean;
  readonly loader: Loader;
  readonly rate: LearningRate;
  /** Of the optimizer: weight decay, its own numbers and the seed of those that it draws. */
  readonly config: Pick<TrainConfig, "decay" | "hyper" | "seed" | "epochs">;
  /** Number that draws the optimizer's random numbers. */
  readonly noise?: number;
  readonly w: Vector;
}

/** Settings of {@link openLearner} beside those of the run. */
export interface LearnerOptions extends LoaderOptions {
  /** Number that draws the initial weights; default that of the particle. */
  readonly start?: number;
  /** Number that draws the optimizer's random numbers; default that of the particle. */
  readonly noise?: number;
  /** What becomes of the net's own objective; default nothing. */
  readonly objective?: (own: Objective) => Objective;
  /** What the optimizer updates of the net; default all of it. */
  readonly part?: OwnSlice;
  /** Default: the schedule of the run's settings. */
  readonly rate?: LearningRate;
  /** Default: compiled for this net alone. */
  readonly programs?: LearnerPrograms;
}

/** A net in training. */
export class Learner {
  /** Of the finished epochs, on the selection set; set by whoever evaluates. */
  losses: Losses = [];
  /** The step that was started last. */
  private last: Promise<unknown> = Promise.resolve();
  /** How many steps were started, and how many of them are in the engine's queue or done. */
  private started = 0;
  private joined = 0;
  /** The optimizer's numbers at the start. */
  private readonly fresh: Readonly<Record<string, number>>;

  constructor(private readonly parts: LearnerParts) {
    this.fresh = { ...parts.descent.state.numbers };
  }

  get layout(): ParamLayout {
    return this.parts.training.layout;
  }

  /** Of the training programs. */
  get memory(): TrainingMemory {
    return this.parts.training.memory;
  }

  /** All parameters [layout.length]. */
  get w(): Vector {
    return this.parts.w;
  }

  /** The optimizer's vectors and numbers by name. */
  get state(): OptimState {
    return this.parts.descent.state;
  }

  /** All vectors of its checkpoint but the weights, by name. */
  get vectors(): Readonly<Record<string, Vector>> {
    return { ...this.state.vectors, ...this.parts.compression?.vectors, ...this.taskVectors };
  }

  /** Of the task's state, by names of their own. */
  private get taskVectors(): Readonly<Record<string, Vector>> {
    const entries = Object.entries(this.parts.state?.vectors ?? {});
    return Object.fromEntries(
      entries.map(([name, values]) => [`task.${name}`, new HostVector(values)]),
    );
  }

  /** How the activations of the last step were compressed, where they were. */
  get compression(): (() => Promise<LayerCompression[]>) | undefined {
    const { compression } = this.parts;
    return compression && (() => compression.layers());
  }

  /** What a gradient costs, with the teacher's work, in gradients of the net alone. */
  get gradientCost(): number {
    return this.parts.training.gradientCost;
  }

  get stepsPerEpoch(): number {
    return this.parts.loader.stepsPerEpoch;
  }

  get batchSize(): number {
    return this.parts.loader.batchSize;
  }

  /** Learning rate of a step of an epoch. */
  rateAt(epoch: number, step: number): number {
    return this.parts.rate.at(epoch * this.stepsPerEpoch + step, this.losses);
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
      finish: async ({ loss, tallies, gradients, details }, { indices }, step) => {
        this.expectFinite(loss, epoch, step);
        const lr = this.rateAt(epoch, step);
        const images = indices.length;
        const cost = gradients * this.gradientCost;
        await onStep({ epoch, step, loss, tallies, images, lr, gradients: cost, details });
      },
    });
  }

  /** @throws DivergedError when a loss at a step is not finite. */
  expectFinite(loss: number, epoch: number, step: number): void {
    if (Number.isFinite(loss)) return;
    throw new DivergedError(epoch + 1, step + 1, loss, this.rateAt(epoch, step));
  }

  /** Stores the point that stands for the net in `target` [layout.length], if that is not the net itself. */
  get deploy(): ((target: Vector) => Promise<void>) | undefined {
    return this.parts.descent.deploy;
  }

  /** Forgets what the optimizer has gathered. */
  async resetState(): Promise<void> {
    const { vectors, numbers } = this.state;
    for (const vector of Object.values(vectors))
      await vector.write(new Float32Array(vector.length));
    Object.assign(numbers, this.fresh);
  }

  /**
   * The first epoch, from 1, at whose end the net is as sparse as it is to be, `Infinity` for the last one; `undefined` where it
   * does not become so.
   */
  get firstWhole(): number | undefined {
    if (this.parts.shuts) return Number.POSITIVE_INFINITY;
    const { schedule } = this.parts.sparsity ?? {};
    return schedule && Math.ceil((schedule.end + 1) / this.stepsPerEpoch);
  }

  /** Queues one step; a method that is not queued, new bounds and new masks wait for the one before. */
  private start(batch: Batch, epoch: number, step: number): Promise<StepReport> {
    const { descent, compression, sparsity, config, noise, rate } = this.parts;
    const { stepsPerEpoch } = this;
    const hyper = {
      ...config.hyper,
      lr: this.rateAt(epoch, step),
      decay: config.decay,
      step: epoch * stepsPerEpoch + step + 1,
      stepsPerEpoch,
      totalSteps: config.epochs * stepsPerEpoch,
      factor: rate.factor(epoch * stepsPerEpoch, this.losses),
    };
    const key = { seed: config.seed, purpose: "noise", particle: noise, epoch, step } as const;
    const at = epoch * stepsPerEpoch + step;
    const bounds = compression && refreshDue(at, stepsPerEpoch) ? compression : undefined;
    const masks = sparsity?.schedule.due(at) ? sparsity : undefined;
    const now = descent.queued && !bounds && !masks && this.joined === this.started;
    const number = ++this.started;
    const take = () => {
      this.joined = number;
      return descent.step({ batch, moment: { epoch, step }, hyper, key });
    };
    const ready = async () => {
      await bounds?.refresh(descent.state.vectors);
      await masks?.renew(this.w, at);
    };
    const report = now ? take() : this.last.then(ready).then(take);
    this.last = report;
    return report;
  }
}

/** Images in a step: no more than there are. */
const batchFor = ({ config, splits, question }: Prepared, images = splits.train) =>
  Math.min(config.batch, images.length * (question.task.copies ?? 1));

/** What the loss of a run's nets is made of. */
export const lossOptions = ({ config, weights, teacher, penalise }: Prepared) => ({
  labelSmoothing: config.labelSmoothing,
  ...{ weights, focal: config.focal, dice: config.dice },
  teaching: teacher,
  penalise,
});

/** Settings of {@link openPrograms}. */
export interface ProgramOptions {
  /** Default: the run's training images. */
  readonly images?: Dataset;
  /** Whether somebody looks at the gradient besides the optimizer; default false. */
  readonly gradients?: boolean;
}

/** Compiles what nets with these settings need. */
export async function openPrograms(
  engine: Engine,
  prepared: Prepared,
  { images, gradients = false }: ProgramOptions = {},
): Promise<LearnerPrograms> {
  const { optimizer } = prepared;
  const { config, question } = prepared;
  const { model } = question;
  const { lossScale, ghost, seed } = config;
  const { accumulate, memory, recompute, keep, comet, precision } = config;
  const batch = batchFor(prepared, images);
  const saving = { accumulate, memory, recompute, keep, comet, precision };
  const learned = (images ?? prepared.splits.train).length;
  const state = question.task.state?.({ images: learned, batch });
  const compile = (of: Asked, rule?: FirstOrder) =>
    compileTraining(engine, of, {
      ...{ batch, lossScale, ghost, rule, state },
      ...lossOptions(prepared),
      ...saving,
    });
  // A gradient that is kept nowhere is rounded nowhere: with f64 on its way it would be another one.
  const fuses = !gradients && engine.precision === "f32" && isLocal(optimizer);
  const training = await compile(question, fuses ? optimizer : undefined);
  const open = (part?: OwnSlice) =>
    openOptimizer(optimizer, {
      engine,
      layout: training.layout,
      model: model.name,
      outputs: model.outputs,
      depth: model.depth,
      batch,
      part,
      fused: training.fused,
      hyper: { ...optimizer.defaults, ...config.hyper },
      objectiveAt: async (blocks) => {
        const deepened = { ...model, layer: model.depth!.at(blocks) };
        return (await compile({ ...question, model: deepened })).objective({ seed });
      },
    });
  let whole: Promise<Descents> | undefined;
  return {
    training,
    state,
    start: prepared.start ?? (await imageWeights(engine, prepared)),
    optimizer: (part) => (part ? open(part) : (whole ??= open())),
  };
}

/** What a pass of a net in training begins by: the net with the passes before, and the first images that it will see. */
async function firstBatch(
  engine: Engine,
  { layer, input }: Model,
  before: readonly NetPass[],
  loader: Loader,
): Promise<FirstBatch> {
  const { images } = await loader.batch(0, 0);
  const options = { training: true };
  const built: Net = build(layer, [loader.batchSize, ...input], options);
  const net = before.reduce((changed, pass) => pass(changed, options), built);
  return { engine, net, images: images.slice() };
}

/** A net at the start of its training. */
export async function openLearner(
  engine: Engine,
  prepared: Prepared,
  options: LearnerOptions = {},
): Promise<Learner> {
  const { config } = prepared;
  const { particle, start = particle, noise = particle, images } = options;
  const gradients = options.objective !== undefined || options.part !== undefined;
  const programs =
    options.programs ?? (await openPrograms(engine, prepared, { images, gradients }));
  const { training } = programs;
  const optimizer = await programs.optimizer(options.part);
  const loader = openLoader(engine, prepared, options);
  const w = engine.vector(training.layout.length);
  const first = firstWeights(training, config.seed, start, programs.start);
  await startPasses(
    prepared.net.passes,
    (before) => firstBatch(engine, prepared.question.model, before, loader),
    { layout: training.layout, w: first, given: new Set(programs.start?.keys()) },
  );
  await w.write(first);
  const compression = training.compression?.();
  await compression?.begin();
  const state = programs.state?.open({ engine, seed: config.seed, particle });
  const shuts = gateCost(config.prune) !== undefined;
  const own = training.objective({ seed: config.seed, particle, compression, state });
  return new Learner({
    training,
    descent: optimizer.begin(
      options.objective?.(own) ?? own,
      w,
      batchesOf(engine, prepared, options),
    ),
    compression,
    state,
    shuts,
    ...(config.prune !== undefined &&
      !shuts && {
        sparsity: new Sparsity(
          parseSparse(config.prune),
          training.layout,
          config.epochs * loader.stepsPerEpoch,
        ),
      }),
    loader,
    rate: options.rate ?? learningRate(config, loader.stepsPerEpoch),
    config,
    noise,
    w,
  });
}
