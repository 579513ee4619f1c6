// Keeps an engine's queue filled: a step is started before the results of the one in front of it are
// looked at, and batches are asked for ahead, so that the way back to JavaScript costs no time. The
// order of the queue is that of a plain loop, and so is every result.

import type { Batch } from "../data/index.js";

/** Batches asked for before they are needed; a loader needs one slot more. */
const AHEAD = 2;

/** What a {@link Loader} offers here. */
export interface BatchSource<B> {
  batch(epoch: number, step: number): Promise<B>;
}

/** The steps `[from, to)` of an epoch. */
export interface StepRange {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

/** What to do at each step. */
export interface StepWork<T, B> {
  /** Puts the step's work into the engine's queue. */
  start(batch: B, step: number): Promise<T>;
  /** Takes the results, in order; called after the next step was started. */
  finish(result: T, batch: B, step: number): void | Promise<void>;
  /** Asked before each step; the pipeline ends when it says no. */
  proceed?(step: number): boolean;
}

/** Rejections are looked at later, not never. */
function later<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Runs steps and returns the number of the first one that was not started. */
export async function pipeline<T, B = Batch>(
  source: BatchSource<B>,
  { epoch, from, to }: StepRange,
  { start, finish, proceed = () => true }: StepWork<T, B>,
): Promise<number> {
  const batches: Promise<B>[] = [];
  const running: { result: Promise<T>; batch: B; step: number }[] = [];
  const finishFirst = async () => {
    const { result, batch, step } = running[0];
    const value = await result;
    running.shift();
    await finish(value, batch, step);
  };
  let step = from;
  try {
    for (let asked = from; step < to && proceed(step); step++) {
      while (asked < to && batches.length < AHEAD) {
        batches.push(later(source.batch(epoch, asked++)));
      }
      const batch = await batches[0];
      batches.shift();
      running.push({ result: later(start(batch, step)), batch, step });
      if (running.length > 1) await finishFirst();
    }
    while (running.length > 0) await finishFirst();
    return step;
  } finally {
    await Promise.allSettled([...batches, ...running.map(({ result }) => result)]);
  }
}
