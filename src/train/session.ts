// A net in training: its vectors, and how far it has come.

import type { Loader } from "../data/index.js";
import type { Vector } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import { checkPlain } from "../settings.js";
import type { LayerCompression } from "./activationBounds.js";
import type { State } from "./checkpoint.js";
import type { Evaluation, Evaluator } from "./evaluator.js";
import type { Listener } from "./events.js";
import type { Learner } from "./learner.js";
import type { TrainingMemory } from "./memory.js";
import type { Prepared } from "./prepare.js";
import {
  advance,
  type EpochRecord,
  isBetter,
  nextEpoch,
  type Progress,
  recordOf,
  spend,
  startOfRun,
} from "./progress.js";
import { savedNumbers } from "./savedProgress.js";
import type { Statistics } from "./statistics.js";
import { Stopwatch } from "./stopwatch.js";
import type { Training } from "./training.js";

/** What a session is made of. */
export interface SessionParts {
  readonly prepared: Prepared;
  readonly learner: Learner;
  readonly evaluator: Evaluator;
  readonly selection: Loader;
  /** Where the point that stands for the net is kept, if that is not the net itself. */
  readonly average?: Average;
}

/** An average of the net's path [layout.length], and what estimates its batch statistics. */
export interface Average {
  readonly point: Vector;
  readonly statistics: Statistics;
}

/** One net, its optimizer's state and its best weights so far. */
export class Session implements Training {
  private now: Progress = startOfRun;
  private bestWeights?: Float32Array;
  private readonly watch = new Stopwatch();

  constructor(private readonly parts: SessionParts) {}

  get layout(): ParamLayout {
    return this.parts.learner.layout;
  }

  get vectorLengths(): Readonly<Record<string, number>> {
    const vectors = Object.entries(this.parts.learner.vectors);
    return Object.fromEntries(vectors.map(([name, { length }]) => [name, length]));
  }

  get memory(): TrainingMemory {
    return this.parts.learner.memory;
  }

  get compression(): (() => Promise<LayerCompression[]>) | undefined {
    return this.parts.learner.compression;
  }

  get stepsPerEpoch(): number {
    return this.parts.learner.stepsPerEpoch;
  }

  get batchSize(): number {
    return this.parts.learner.batchSize;
  }

  progress(step = this.now.step): Progress {
    return { ...this.now, step, seconds: this.now.seconds + this.watch.elapsed };
  }

  async save(): Promise<State> {
    const { w, state, vectors: own } = this.parts.learner;
    const names = Object.keys(own);
    const vectors = await Promise.all(names.map((name) => own[name].read()));
    return {
      progress: { ...this.progress(), session: { ...state.numbers } },
      weights: await w.read(),
      best: this.bestWeights,
      vectors: Object.fromEntries(names.map((name, at) => [name, vectors[at]])),
    };
  }

  async restore({ progress, weights, best, vectors }: State): Promise<void> {
    const { w, state, vectors: own } = this.parts.learner;
    await w.write(weights);
    for (const [name, vector] of Object.entries(own)) await vector.write(vectors[name]);
    Object.assign(state.numbers, checkPlain(savedNumbers, progress.session, "the saved optimizer"));
    this.now = progress;
    this.bestWeights = best;
    this.watch.lap();
  }

  async trainSteps(proceed: (progress: Progress) => boolean, emit: Listener): Promise<void> {
    const { epoch, step: from, sums } = this.now;
    this.addTime();
    const total = { ...sums };
    const { learner } = this.parts;
    learner.losses = this.now.history.map(({ selectionLoss }) => selectionLoss);
    const step = await learner.learn(
      { epoch, from, to: this.stepsPerEpoch },
      async ({ step: at, loss, correct, images, lr, gradients, metrics }) => {
        total.images += images;
        total.work += images * gradients;
        total.loss += loss * images;
        total.correct += correct;
        await emit({
          type: "step",
          epoch: epoch + 1,
          step: at + 1,
          stepsPerEpoch: this.stepsPerEpoch,
          loss,
          accuracy: correct / images,
          lr,
          images,
          gradients,
          metrics,
        });
      },
      (next) => proceed(this.progress(next)),
    );
    this.now = advance(this.now, step, total, this.watch.lap());
  }

  async endEpoch(): Promise<{ record: EpochRecord; best: boolean }> {
    const { epoch, step } = this.now;
    const { evaluator, selection, learner } = this.parts;
    const point = await this.deployed();
    const { loss, accuracy } = await evaluator.evaluate(point, selection);
    learner.expectFinite(loss, epoch, step - 1);
    this.addTime();
    const lr = learner.rateAt(epoch, step - 1);
    const images = this.stepsPerEpoch * this.batchSize;
    const record = recordOf(this.now, { loss, accuracy, lr, images });
    const best = isBetter(record, this.now.best);
    if (best) this.bestWeights = await point.read();
    this.now = nextEpoch(this.now, record);
    return { record, best };
  }

  async evaluateBest(): Promise<Evaluation> {
    const { evaluator, prepared, selection, learner } = this.parts;
    await learner.w.write(this.bestWeights!);
    const { test } = prepared.splits;
    const result = await evaluator.evaluate(learner.w, test ? evaluator.loader(test) : selection);
    this.addTime();
    return result;
  }

  /** The point that stands for the net. */
  private async deployed(): Promise<Vector> {
    const { learner, average } = this.parts;
    if (!average) return learner.w;
    await learner.deploy!(average.point);
    await average.statistics.renew(average.point);
    return average.point;
  }

  /** Adds the time since the last call to the run's. */
  private addTime(): void {
    this.now = spend(this.now, this.watch.lap());
  }
}
