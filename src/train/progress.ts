// How far a run has come, as plain data: what a checkpoint holds besides vectors.

import { type MetricValues, merit, type Score } from "../tasks/index.js";

/** Sums over the training images of the current epoch. */
export interface Sums {
  readonly images: number;
  /** Sum of the losses of single images. */
  readonly loss: number;
  /** Sums that metrics are made of, by name. */
  readonly tallies: MetricValues;
  /** Images times gradients taken of each, in gradients of the net itself. */
  readonly work: number;
}

/** One finished epoch; a row of results.csv. Shares are of 1. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  /** Over the batches as they were trained on, augmented and each with the weights of its step. */
  readonly train: MetricValues;
  readonly selectionLoss: number;
  readonly selection: MetricValues;
  /** Of the last step. */
  readonly lr: number;
  /** Time of the whole epoch. */
  readonly seconds: number;
  /** Training images in a second of training. */
  readonly imagesPerSecond: number;
  /** That the nets of a swarm sent to each other since the last epoch was evaluated; absent for one net. */
  readonly bytesSent?: number;
  /** The particles of a swarm that make the net of this epoch; absent for one net. */
  readonly members?: readonly number[];
  /** Cost of the run so far, in passes over the training images with a gradient of the net for each. */
  readonly gradients: number;
}

/** The epoch with the best score on the selection set; of equals the one with the lowest loss. */
export interface Best {
  readonly epoch: number;
  readonly score: number;
  readonly loss: number;
  readonly metrics: MetricValues;
  readonly members?: readonly number[];
}

/** Where a run stands between two steps. */
export interface Progress {
  /** Finished epochs. */
  readonly epoch: number;
  /** Steps done in the current epoch. */
  readonly step: number;
  readonly sums: Sums;
  readonly best?: Best;
  readonly history: readonly EpochRecord[];
  /** Time of the run so far, over all its sessions. */
  readonly seconds: number;
  /** Part of it spent on training steps. */
  readonly trainSeconds: number;
  /** The same two of the current epoch. */
  readonly epochSeconds: number;
  readonly epochTrainSeconds: number;
  /** Images trained on so far, and the sum of their {@link Sums.work}. */
  readonly images: number;
  readonly work: number;
  /** What else the session remembers, as plain data. */
  readonly session?: unknown;
}

export const noSums: Sums = { images: 0, loss: 0, tallies: {}, work: 0 };

/** Adds up sums by name; one that is not there is 0. */
export function addTallies(a: MetricValues, b: MetricValues): MetricValues {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

export const startOfRun: Progress = {
  epoch: 0,
  step: 0,
  sums: noSums,
  history: [],
  seconds: 0,
  trainSeconds: 0,
  epochSeconds: 0,
  epochTrainSeconds: 0,
  images: 0,
  work: 0,
};

/**
 * Whether an epoch is better than the best one so far. A score that cannot be told is the worst.
 *
 * @param from the first epoch that counts: one before it is less than any later one; default all count
 */
export function isBetter(
  record: EpochRecord,
  best: Best | undefined,
  score: Score,
  from = 0,
): boolean {
  if (!best || best.epoch < from) return true;
  const [now, before] = [record.selection[score.metric], best.score].map((value) =>
    value === null || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : merit(score, value),
  );
  return now === before ? record.selectionLoss < best.loss : now > before;
}

/** Time that passed, of the run and of its epoch. */
export const spend = (now: Progress, passed: number): Progress => ({
  ...now,
  seconds: now.seconds + passed,
  epochSeconds: now.epochSeconds + passed,
});

/** After training up to a step of the epoch: the epoch's sums by then, and the seconds of training. */
export const advance = (now: Progress, step: number, sums: Sums, passed: number): Progress => ({
  ...spend(now, passed),
  step,
  sums,
  images: now.images + sums.images - now.sums.images,
  work: now.work + sums.work - now.sums.work,
  trainSeconds: now.trainSeconds + passed,
  epochTrainSeconds: now.epochTrainSeconds + passed,
});

/** What an epoch came to. */
export interface EpochResult {
  readonly loss: number;
  readonly selection: MetricValues;
  /** Of training. */
  readonly train: MetricValues;
  /** Of the last step. */
  readonly lr: number;
  /** Images of an epoch, over all nets. */
  readonly images: number;
  readonly bytesSent?: number;
  readonly members?: readonly number[];
}

/** The record of the epoch that has just been evaluated. */
export const recordOf = (now: Progress, result: EpochResult): EpochRecord => ({
  epoch: now.epoch + 1,
  trainLoss: now.sums.loss / now.sums.images,
  train: result.train,
  selectionLoss: result.loss,
  selection: result.selection,
  lr: result.lr,
  seconds: now.epochSeconds,
  imagesPerSecond: now.sums.images / now.epochTrainSeconds,
  bytesSent: result.bytesSent,
  members: result.members,
  gradients: now.work / result.images,
});

/** Where the epoch behind a recorded one begins. */
export function nextEpoch(
  now: Progress,
  record: EpochRecord,
  score: Score,
  from?: number,
): Progress {
  const { epoch, selection, selectionLoss: loss, members } = record;
  return {
    ...now,
    epoch,
    step: 0,
    sums: noSums,
    best: isBetter(record, now.best, score, from)
      ? { epoch, score: selection[score.metric], loss, metrics: selection, members }
      : now.best,
    history: [...now.history, record],
    epochSeconds: 0,
    epochTrainSeconds: 0,
  };
}
