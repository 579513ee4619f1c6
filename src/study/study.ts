// Many runs by a plan: each in a folder of its own, one after another. Which run comes next may depend on
// how those before it ended, as a generator is told; because it is told the same again when a study is
// resumed, it asks for the same runs, and those that are over are read instead of repeated.

import { join } from "node:path";
import type { OwnParts, TrainEvent, TrainSettings } from "../train/index.js";
import { openFolder, type StudyFolder } from "./folder.js";
import { dropWeights, finish, type RunOutcome, Stopped } from "./run.js";

/** A run of a study. */
export interface StudyRun {
  /** Relative to the study's folder; each run has its own. */
  readonly folder: string;
  /** All but `out`. */
  readonly settings: Partial<TrainSettings>;
  /** Data in memory, and other parts that settings cannot name. */
  readonly own?: OwnParts;
  /** Whether what it trained stays in its folder; default true. Tables and summary always do. */
  readonly keepWeights?: boolean;
}

/** The runs, in their order: each is asked for with the outcome of the one before it in hand. */
export type Course<R extends StudyRun, T = void> = Generator<R, T, RunOutcome>;

/** Where a study stands: at an event of a run, or behind a run, with its outcome. */
export interface StudyProgress<R extends StudyRun> {
  readonly run: R;
  readonly event?: TrainEvent;
  readonly outcome?: RunOutcome;
  /** Runs that are over. */
  readonly done: number;
}

/** How {@link runStudy} is watched and steered, and where it lies. */
export interface StudyOptions<R extends StudyRun> extends StudyFolder {
  /** When it aborts, the current run is saved and the study ends. */
  readonly signal?: AbortSignal;
  /** Hears of every event of every run; the study waits for it. */
  readonly watch?: (progress: StudyProgress<R>) => void | Promise<void>;
}

/** A list of runs whose outcomes decide nothing, as a course. */
export function* inOrder<R extends StudyRun>(runs: Iterable<R>): Course<R> {
  yield* runs;
}

async function go<R extends StudyRun, T>(
  course: Course<R, T>,
  { out, signal, watch }: StudyOptions<R>,
): Promise<T> {
  let next = course.next();
  for (let done = 0; !next.done; ) {
    const run = next.value;
    const listeners = watch && [(event: TrainEvent) => watch({ run, event, done })];
    const options = { ...run.own, signal, listeners };
    const outcome = await finish(join(out, run.folder), run.settings, options);
    if (run.keepWeights === false) await dropWeights(join(out, run.folder));
    done++;
    await watch?.({ run, outcome, done });
    next = course.next(outcome);
  }
  return next.value;
}

/**
 * Does what is left to do of a study and returns what its course comes to; `undefined` when it was
 * interrupted. Call it again with the same plan to go on.
 *
 * @throws InputError when the folder holds something else or another plan; whatever a run or the course
 * throws, but for runs that diverged: that is an outcome.
 */
export async function runStudy<R extends StudyRun, T>(
  course: Course<R, T>,
  options: StudyOptions<R>,
): Promise<T | undefined> {
  const close = await openFolder(options);
  try {
    return await go(course, options);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return undefined;
  } finally {
    close();
  }
}
