// The account that a run in training keeps, of one net or of a swarm: progress, time, and the best weights so far.

import type { Asked, MetricValues, Score } from "../tasks/index.js";
import {
  advance,
  type EpochRecord,
  isBetter,
  nextEpoch,
  type Progress,
  recordOf,
  type Sums,
  spend,
  startOfRun,
} from "./progress.js";
import { Stopwatch } from "./stopwatch.js";

/** How the epoch's weights were evaluated. */
export interface EpochEvaluation {
  readonly loss: number;
  readonly metrics: MetricValues;
  /** Of the last step. */
  readonly lr: number;
  /** Images of an epoch, over all nets. */
  readonly images: number;
  readonly bytesSent?: number;
  readonly members?: readonly number[];
}

/** Progress of a run, with its clock. */
export class Ledger {
  private now: Progress = startOfRun;
  private best?: Float32Array;
  private readonly watch = new Stopwatch();

  constructor(
    private readonly task: Asked["task"],
    private readonly score: Score,
    /**
     * The first epoch that can be the best one, from 1; default any. Before it the last one is, which `Infinity` makes it for
     * good.
     */
    private readonly from?: number,
  ) {}

  /** Finished epochs, and steps done in the current one. */
  get epoch(): number {
    return this.now.epoch;
  }

  get step(): number {
    return this.now.step;
  }

  get sums(): Sums {
    return this.now.sums;
  }

  /** Losses of the finished epochs on the selection set. */
  get losses(): number[] {
    return this.now.history.map(({ selectionLoss }) => selectionLoss);
  }

  /** The best weights so far. */
  get bestWeights(): Float32Array | undefined {
    return this.best;
  }

  /** How far training has come, at a step that has just been started if one is given. */
  progress(step = this.now.step): Progress {
    return { ...this.now, step, seconds: this.now.seconds + this.watch.elapsed };
  }

  /** Goes back to a saved account. */
  restore(progress: Progress, best?: Float32Array): void {
    this.now = progress;
    this.best = best;
    this.watch.lap();
  }

  /** Adds the time since the last entry, which was no training. */
  addTime(): void {
    this.now = spend(this.now, this.watch.lap());
  }

  /** Enters training up to a step of the epoch, with the epoch's sums by then. */
  addTraining(step: number, sums: Sums): void {
    this.now = advance(this.now, step, sums, this.watch.lap());
  }

  /** The record of the epoch that has just been evaluated, and whether it is the best one. */
  recordOf({ loss, metrics, ...rest }: EpochEvaluation): { record: EpochRecord; best: boolean } {
    const { tallies, images } = this.now.sums;
    const train = this.task.trainMetrics(tallies, images);
    const record = recordOf(this.now, { loss, selection: metrics, train, ...rest });
    return { record, best: isBetter(record, this.now.best, this.score, this.from) };
  }

  /** Enters the end of the epoch; `weights` are there when they are the best ones. */
  closeEpoch(record: EpochRecord, weights?: Float32Array): void {
    if (weights) this.best = weights;
    this.now = nextEpoch(this.now, record, this.score, this.from);
  }
}
