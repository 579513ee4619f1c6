// One trial of a search: a run that begins, or goes on, and stops at the end of an epoch. How far it goes changes nothing
// of what it does until then: its schedule is that of all its epochs.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../inputError.js";
import type { Model } from "../../models/index.js";
import { runFiles, train } from "../../runs/index.js";
import {
  DivergedError,
  type EpochRecord,
  type OwnParts,
  type TrainEvent,
  type TrainSettings,
} from "../../train/index.js";
import { prepare } from "../../train/prepare.js";

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
 * @throws InputError for folders and data that cannot be used. Settings that cannot be trained are an end: it failed.
 */
export async function runTrial(trial: TrialRun): Promise<TrialEnd | undefined> {
  const { out, settings, own, until, byLast, signal, watch } = trial;
  if (signal?.aborted) return undefined;
  const model = await modelOf(settings, own);
  if (typeof model === "string") return { failed: model };
  const epochs = new Epochs(until);
  const listeners = [(event: TrainEvent) => epochs.hear(event), ...(watch ? [watch] : [])];
  let reason: string | undefined;
  listeners.push((event) => {
    if (event.type === "runEnd") reason = event.reason;
  });
  try {
    const { best } = await train(
      { ...settings, out },
      {
        ...own,
        listeners,
        signal: signal ? AbortSignal.any([signal, epochs.signal]) : epochs.signal,
        resume: existsSync(join(out, runFiles.config)),
      },
    );
    if (reason === "aborted" && !epochs.signal.aborted) return undefined;
    const epoch = byLast ? epochs.done : best?.epoch;
    const counts = epoch === undefined ? undefined : epochs.at(epoch);
    return counts ? { counts, epochs: epochs.done, model } : { failed: "nothing was evaluated" };
  } catch (error) {
    if (error instanceof DivergedError) return { failed: error.message };
    throw error;
  }
}

/** The model that settings ask for, or why they cannot be trained. */
async function modelOf(settings: Partial<TrainSettings>, own: OwnParts): Promise<Model | string> {
  try {
    return (await prepare(settings, own)).question.model;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
