// A net in training: its vectors, and how far it has come.

import type { Loader } from "../data/index.js";
import type { Engine, Vector } from "../engine/engine.js";
import type { ParamLayout } from "../graph/index.js";
import { checkPlain } from "../settings.js";
import type { LayerCompression } from "./activationBounds.js";
import type { State } from "./checkpoint.js";
import type { Evaluation, Evaluator } from "./evaluator.js";
import type { Listener } from "./events.js";
import type { Kept } from "./keepFeatures.js";
import type { Learner } from "./learner.js";
import { Ledger } from "./ledger.js";
import type { TrainingMemory } from "./memory.js";
import type { Prepared } from "./prepare.js";
import { addTallies, type EpochRecord, type Progress } from "./progress.js";
import { savedNumbers } from "./savedProgress.js";
import { RELIABLE_STEPS, type Statistics } from "./statistics.js";
import type { Training } from "./training.js";

/** What a session is made of. */
export interface SessionParts {
  readonly prepared: Prepared;
  readonly engine: Engine;
  /** Features in place of images, where there are any. */
  readonly kept: Pick<Kept, "fill" | "close">;
  readonly learner: Learner;
  readonly evaluator: Evaluator;
  readonly selection: Loader;
  readonly statistics: Statistics;
  /** Where the point that stands for the net is kept [layout.length], if that is not the net itself. */
  readonly average?: Vector;
}

/** One net, its optimizer's state and its best weights so far. */
export class Session implements Training {
  private readonly ledger: Ledger;
  /** Steps since the net was evaluated. */
  private fresh = 0;

  constructor(private readonly parts: SessionParts) {
    const { question, score, chooses } = parts.prepared;
    const first = chooses ? parts.learner.firstWhole : Number.POSITIVE_INFINITY;
    this.ledger = new Ledger(question.task, score, first);
  }

  get engine(): Engine {
    return this.parts.engine;
  }

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

  get gradientCost(): number {
    return this.parts.learner.gradientCost;
  }

  get stepsPerEpoch(): number {
    return this.parts.learner.stepsPerEpoch;
  }

  get batchSize(): number {
    return this.parts.learner.batchSize;
  }

  progress(step?: number): Progress {
    return this.ledger.progress(step);
  }

  async save(): Promise<State> {
    const { w, state, vectors: own } = this.parts.learner;
    const names = Object.keys(own);
    const vectors = await Promise.all(names.map((name) => own[name].read()));
    return {
      progress: { ...this.progress(), session: { ...state.numbers } },
      weights: await w.read(),
      best: this.ledger.bestWeights,
      vectors: Object.fromEntries(names.map((name, at) => [name, vectors[at]])),
    };
  }

  async restore({ progress, weights, best, vectors }: State): Promise<void> {
    const { w, state, vectors: own } = this.parts.learner;
    await w.write(weights);
    for (const [name, vector] of Object.entries(own)) await vector.write(vectors[name]);
    Object.assign(state.numbers, checkPlain(savedNumbers, progress.session, "the saved optimizer"));
    this.ledger.restore(progress, best);
    this.fresh = progress.step;
  }

  async trainSteps(proceed: (progress: Progress) => boolean, emit: Listener): Promise<void> {
    const { ledger } = this;
    const { epoch, step: from, sums } = ledger;
    await this.parts.kept.fill(() => proceed(this.progress()));
    ledger.addTime();
    const total = { ...sums };
    const { learner, prepared } = this.parts;
    const { task } = prepared.question;
    learner.losses = ledger.losses;
    const step = await learner.learn(
      { epoch, from, to: this.stepsPerEpoch },
      async ({ step: at, loss, tallies, images, lr, gradients, details }) => {
        total.images += images;
        total.work += images * gradients;
        total.loss += loss * images;
        total.tallies = addTallies(total.tallies, tallies);
        await emit({
          type: "step",
          epoch: epoch + 1,
          step: at + 1,
          stepsPerEpoch: this.stepsPerEpoch,
          loss,
          metrics: task.trainMetrics(tallies, images),
          lr,
          images,
          gradients,
          details,
        });
      },
      (next) => proceed(this.progress(next)),
    );
    this.fresh += step - from;
    ledger.addTraining(step, total);
  }

  async endEpoch(): Promise<{ record: EpochRecord; best: boolean }> {
    const { ledger } = this;
    const { epoch, step } = ledger;
    const { evaluator, selection, learner } = this.parts;
    const point = await this.deployed();
    const { loss, metrics } = await evaluator.evaluate(point, selection);
    learner.expectFinite(loss, epoch, step - 1);
    ledger.addTime();
    const lr = learner.rateAt(epoch, step - 1);
    const images = this.stepsPerEpoch * this.batchSize;
    const { record, best } = ledger.recordOf({ loss, metrics, lr, images });
    ledger.closeEpoch(record, best ? await point.read() : undefined);
    this.fresh = 0;
    return { record, best };
  }

  async evaluateBest(): Promise<Evaluation> {
    const { evaluator, prepared, selection, learner } = this.parts;
    await learner.w.write(this.ledger.bestWeights!);
    const { test } = prepared.splits;
    const result = await evaluator.evaluate(learner.w, test ? evaluator.loader(test) : selection);
    this.ledger.addTime();
    return result;
  }

  close(): Promise<void> {
    this.parts.kept.close();
    return this.parts.engine.close();
  }

  /** The point that stands for the net, with batch statistics that can be relied on. */
  private async deployed(): Promise<Vector> {
    const { learner, average, statistics } = this.parts;
    if (average) await learner.deploy!(average);
    const point = average ?? learner.w;
    if (average || this.fresh < RELIABLE_STEPS) await statistics.renew(point);
    return point;
  }
}
