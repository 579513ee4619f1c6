// One run of a study in its folder: read when it is over, resumed when it is half done.

import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../files/atomicFile.js";
import { runFiles, type TrainOptions, train } from "../runs/index.js";
import { DivergedError, type Summary, type TrainSettings } from "../train/index.js";
import { readJson } from "./folder.js";

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
  const table = await readFile(join(folder, runFiles.results), "utf8");
  const [header, ...rows] = table.trim().split("\n");
  const column = header.split(",").indexOf("seconds");
  return rows.map((row) => Number(row.split(",")[column]));
}

/** How the run in a folder ended, if it did. */
async function ended(folder: string): Promise<RunOutcome | undefined> {
  const path = join(folder, runFiles.summary);
  if (!existsSync(path)) return existsSync(join(folder, DIVERGED)) ? {} : undefined;
  const summary = (await readJson(path)) as Summary;
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
  // Killed before its settings were written: there is nothing to resume, and a run needs an empty folder.
  if (!resume) await rm(folder, { recursive: true, force: true });
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
  for (const path of [dirname(runFiles.last), runFiles.state]) {
    await rm(join(folder, path), { recursive: true, force: true });
  }
}
