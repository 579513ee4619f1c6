// One run of a study in its folder: read when it is over, resumed when it is half done.

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../files/atomicFile.js";
import { readText } from "../files/text.js";
import { InputError } from "../inputError.js";
import { runFiles, type TrainOptions, train } from "../runs/index.js";
import { readSummary } from "../runs/readSummary.js";
import { DivergedError, type Summary, type TrainSettings } from "../train/index.js";

/** Stands in the folder of a run that diverged, with what was said about it. */
const DIVERGED = "diverged.json";

/** The study was interrupted; what is done is saved. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** How a run ended. */
export interface RunOutcome {
  /** Absent when it diverged. */
  readonly finished?: {
    readonly summary: Summary;
    /** Times of its epochs: training and evaluating on the selection set, without the test. */
    readonly epochSeconds: readonly number[];
  };
}

async function readEpochSeconds(folder: string): Promise<number[]> {
  const path = join(folder, runFiles.results);
  const text = readText(path);
  const [header, ...rows] = text.trim().split("\n");
  const column = header.split(",").indexOf("seconds");
  return rows.map((row, at) => {
    const seconds = row.split(",")[column];
    if (seconds !== undefined && Number(seconds) > 0) return Number(seconds);
    throw new InputError(
      `${path}, line ${at + 2}: expected the seconds of an epoch, found ${JSON.stringify(seconds ?? row)}; ` +
        `convoy train --resume ${folder} writes the table anew`,
    );
  });
}

/** How the run in a folder ended, if it did. */
async function ended(folder: string): Promise<RunOutcome | undefined> {
  const path = join(folder, runFiles.summary);
  if (!existsSync(path)) return existsSync(join(folder, DIVERGED)) ? {} : undefined;
  const summary = await readSummary(folder);
  return { finished: { summary, epochSeconds: await readEpochSeconds(folder) } };
}

/**
 * Brings a run to its end, if it is not there yet.
 *
 * @throws Stopped when `options.signal` aborted before the end, and whatever `train` throws.
 */
export async function finish(
  folder: string,
  settings: Partial<TrainSettings>,
  options: TrainOptions,
): Promise<RunOutcome> {
  const known = await ended(folder);
  if (known) return known;
  if (options.signal?.aborted) throw new Stopped();
  const resume = existsSync(join(folder, runFiles.config));
  try {
    await train({ ...settings, out: folder }, { ...options, resume });
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const { message, epoch, step } = error;
    await writeFileAtomic(join(folder, DIVERGED), `${JSON.stringify({ message, epoch, step })}\n`);
  }
  const outcome = await ended(folder);
  if (!outcome) throw new Stopped();
  return outcome;
}

/** Takes what a run trained out of its folder. */
export async function dropWeights(folder: string): Promise<void> {
  for (const path of [dirname(runFiles.last), runFiles.state, runFiles.previousState]) {
    await rm(join(folder, path), { recursive: true, force: true });
  }
}
