// One trial of a search: a run that begins, or goes on, and stops at the end of an epoch. How far it goes changes nothing
// of what it does until then: its schedule is that of all its epochs.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../inputError.js";
import type { Model } from "../../models/index.js";
import { withSwarmDefaults } from "../../runs/fromConfig.js";
import { openTraining, runFiles, train } from "../../runs/index.js";
import {
  DivergedError,
  type EpochRecord,
  type OpenTraining,
  type OwnParts,
  type StopReason,
  type TrainEvent,
  type TrainSettings,
} from "../../train/index.js";

/** What to train, and how far. */
export interface TrialRun {
  /** Its run folder. */
  readonly out: string;
  readonly settings: Partial<TrainSettings>;
  readonly own: OwnParts;
  /** Epochs, counted from the beginning of its run, after which it stops; default at its own end. */
  readonly until?: number;
  /** Whether its last epoch counts and not its best, which another trial's settings may have made. */
  readonly byLast?: boolean;
  readonly signal?: AbortSignal;
  readonly watch?: (event: TrainEvent) => void | Promise<void>;
}

/** How a trial ended. */
export type TrialEnd =
  | { readonly counts: EpochRecord; readonly epochs: number; readonly model: Model }
  | { readonly failed: string };

/** Hears of the epochs of a run, and stops it after some. */
class Epochs {
  private readonly records: EpochRecord[] = [];
  private readonly controller = new AbortController();
  readonly signal: AbortSignal = this.controller.signal;
  /** Whole epochs. */
  done = 0;

  constructor(private readonly until = Number.POSITIVE_INFINITY) {}

  hear(event: TrainEvent): void {
    if (event.type === "runStart") {
      this.records.push(...event.history);
      this.done = event.history.length;
    } else if (event.type === "epochEnd") {
      this.records.push(event);
      if (event.complete) this.done = event.epoch;
    }
    if (this.done >= this.until) this.controller.abort();
  }

  /** The last record of an epoch. */
  at(epoch: number): EpochRecord | undefined {
    return this.records.findLast((record) => record.epoch === epoch);
  }
}

/**
 * Brings a trial to its end.
 *
 * @returns `undefined` when `signal` aborted before; it is saved, and the same call goes on
 * @throws InputError for a folder that cannot be used. Settings that cannot be trained are an end: it failed.
 */
export async function runTrial(trial: TrialRun): Promise<TrialEnd | undefined> {
  const { out, settings, own, until, byLast, signal, watch } = trial;
  if (signal?.aborted) return undefined;
  const epochs = new Epochs(until);
  const resume = existsSync(join(out, runFiles.config));
  let model: Model | undefined;
  let reason: StopReason | undefined;
  const hear = (event: TrainEvent) => {
    epochs.hear(event);
    if (event.type === "runEnd") reason = event.reason;
    return watch?.(event);
  };
  let opened = false;
  const open: OpenTraining = async (prepared) => {
    model = prepared.question.model;
    const training = await (own.open ?? openTraining)(prepared);
    opened = true;
    return training;
  };
  try {
    const given = own.open || resume ? settings : withSwarmDefaults(settings);
    const { best } = await train(
      { ...given, out },
      {
        ...{ ...own, open, listeners: [hear], resume, stopFile: false },
        signal: signal ? AbortSignal.any([signal, epochs.signal]) : epochs.signal,
      },
    );
    if (reason === "aborted" && !epochs.signal.aborted) return undefined;
    const epoch = byLast ? epochs.done : best?.epoch;
    const counts = epoch === undefined ? undefined : epochs.at(epoch);
    return counts
      ? { counts, epochs: epochs.done, model: model! }
      : { failed: "nothing was evaluated" };
  } catch (error) {
    const unfit = error instanceof InputError || error instanceof RangeError;
    if (unfit && !resume && !opened) return { failed: error.message };
    if (error instanceof DivergedError) return { failed: error.message };
    throw error;
  }
}
