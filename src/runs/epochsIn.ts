// How many epochs of a training fit into a given time, so that the schedule of its rate ends with it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../inputError.js";
import { clock } from "../text/format.js";
import type { TrainSettings } from "../train/config.js";
import type { TrainEvent } from "../train/events.js";
import { type TrainOptions, train } from "./train.js";

/** Share of the time that is spent on finding out. */
const TRIED = 0.05;

/** The first epoch has more to do than the others. */
const EPOCHS = 2;

/** When a training on trial came how far, in seconds since it was asked for. */
export interface Marks {
  /** Data and engine were ready. */
  readonly opened: number;
  /** The last epoch, or what was trained of it, began; its steps were done; it had been evaluated. */
  readonly began: number;
  readonly trained: number;
  readonly evaluated: number;
  /** Share of the epoch's steps that were done. */
  readonly share: number;
  /** The test was over. */
  readonly ended: number;
}

/** What fits. */
export interface Fit {
  readonly epochs: number;
  /** Of one epoch, its evaluation included. */
  readonly epochSeconds: number;
}

/**
 * The epochs that fit into what is left of the time.
 *
 * @throws InputError where that is not one.
 */
export function fitting(seconds: number, marks: Marks): Fit {
  const { opened, began, trained, evaluated, share, ended } = marks;
  const epochSeconds = (trained - began) / share + (evaluated - trained);
  const left = seconds - ended - opened - (ended - evaluated);
  const epochs = Math.floor(left / epochSeconds);
  if (epochs >= 1) return { epochs, epochSeconds };
  throw new InputError(
    `an epoch takes ${epochSeconds.toPrecision(2)} s here, and ${clock(Math.max(0, left))} of ${clock(seconds)} are left for it; ` +
      "give more time, or fewer images (train)",
  );
}

/** Notes how far a training comes. */
function timekeeper(now: () => number) {
  const marks = { opened: 0, began: 0, trained: 0, evaluated: 0, share: 1, ended: 0 };
  const hear = (event: TrainEvent) => {
    if (event.type === "runStart") {
      marks.opened = now();
      marks.began = marks.opened;
    } else if (event.type === "step" || (event.type === "particles" && !event.evaluated)) {
      // What follows an evaluation is the next epoch.
      if (marks.evaluated > marks.began) marks.began = marks.evaluated;
      marks.trained = now();
      marks.share = event.step / event.stepsPerEpoch;
    } else if (event.type === "epochEnd") marks.evaluated = now();
  };
  return { marks, hear };
}

/**
 * Finds how many epochs fit into a time, by a short training in a folder of its own, which is deleted: a twentieth of the time, or
 * two epochs. What it takes counts as well, and so do data and engine, which a training has to open again, and the test.
 *
 * @param seconds time for all of it
 * @param settings of the training; its `epochs`, `steps`, `minutes` and `out` have no say
 * @throws InputError where not even one epoch fits, and as `train` does.
 * @example
 * const { epochs } = await epochsIn(120, { data: "mnist", model: "lenet5", train: 500 });
 * epochs >= 1; // true
 */
export async function epochsIn(
  seconds: number,
  settings: Partial<TrainSettings>,
  options: TrainOptions = {},
): Promise<Fit> {
  const start = performance.now();
  const now = () => (performance.now() - start) / 1000;
  const { marks, hear } = timekeeper(now);
  const folder = await mkdtemp(join(tmpdir(), "convoy-time-"));
  try {
    const { steps: _, gradients: __, patience: ___, ...own } = settings;
    const trial = { ...own, epochs: EPOCHS, minutes: (TRIED * seconds) / 60 };
    const listeners = [hear, ...(options.listeners ?? [])];
    await train({ ...trial, out: join(folder, "run") }, { ...options, listeners });
    options.signal?.throwIfAborted();
    return fitting(seconds, { ...marks, ended: now() });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
