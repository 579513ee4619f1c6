// One fold of a search of policies: a net trained on a part of the images, candidates tried on a second part, and those that
// did best compared with random ones on a third.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Dataset, splitSelection } from "../../data/index.js";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { readJson } from "../../files/json.js";
import { openTrained } from "../../runs/index.js";
import {
  createSearch,
  runSearch,
  type Search,
  type Settings,
  type Space,
  type Told,
} from "../../search/index.js";
import { hasEnded, hasLosses } from "../../search/search.js";
import type { OwnParts, TrainSettings } from "../../train/index.js";
import { finish, Stopped } from "../run.js";
import { densityLoss } from "./density.js";
import type { PolicyMethod } from "./methods.js";

/** Share of the images that candidates are tried on, as published, and of those what only compares. */
const HELD = 0.4;
const COMPARED = 0.5;

/** Random candidates that the found ones are compared with. */
const CONTROLS = 20;

const setting = z.union([z.number(), z.string(), z.boolean()]);
const triedSchema = z.strictObject({
  trials: z.array(
    z.strictObject({
      settings: z.record(z.string(), setting),
      losses: z.array(z.number()).length(1).optional(),
    }),
  ),
});
const comparedSchema = z.strictObject({
  found: z.array(z.number()),
  random: z.array(z.number()),
});

/** Losses of candidates on images that chose none of them. */
export type Compared = z.output<typeof comparedSchema>;

/** What a fold found: the candidates that did best, the best first, and how they compare. */
export interface FoldResult {
  readonly kept: readonly Settings[];
  /** The loss of the best one where it was chosen. */
  readonly best: number;
  readonly compared: Compared;
}

/** What a fold is made of. */
export interface FoldPlan {
  readonly folder: string;
  readonly seed: number;
  readonly space: Space;
  readonly method: PolicyMethod;
  readonly trials: number;
  /** Of its net's training, without seed and augmentation policies. */
  readonly settings: Partial<TrainSettings>;
  readonly images: Dataset;
  /** What the training is given beside settings and images. */
  readonly own: OwnParts;
  readonly signal?: AbortSignal;
  /** Hears of each candidate that was tried. */
  readonly onTrial?: (loss: number, number: number) => void | Promise<void>;
}

/** The three parts of a fold's images. */
export function partsOf(images: Dataset, seed: number) {
  const { train, selection: held } = splitSelection(images, { seed, fraction: HELD });
  const { train: tried, selection: compared } = splitSelection(held, { seed, fraction: COMPARED });
  return { train, tried, compared };
}

const searchOf = ({ space, method: { sampler }, trials, seed }: FoldPlan): Search =>
  createSearch({ space, sampler, trials, seed });

async function readTried(folder: string): Promise<Told[]> {
  const path = join(folder, "trials.json");
  return existsSync(path) ? (await readJson(path, triedSchema)).trials : [];
}

/** Trials whose number of losses may have grown, a line each. */
function writeTried(folder: string, told: readonly Told[]): Promise<void> {
  const over = told.filter(hasEnded).map((trial) => `  ${JSON.stringify(trial)}`);
  return writeFileAtomic(join(folder, "trials.json"), `{"trials": [\n${over.join(",\n")}\n]}\n`);
}

/** Candidates drawn at random, by numbers that no trial has. */
function controls({ space, seed }: FoldPlan): Settings[] {
  const search = createSearch({
    space,
    sampler: "random",
    seed: seed + 1_000_000,
    trials: CONTROLS,
  });
  const told: Told[] = [];
  for (let next = search.next(told); next !== "done" && next !== "wait"; next = search.next(told)) {
    told.push({ ...next, losses: [0] });
  }
  return told.map(({ settings }) => settings);
}

/**
 * Does what is left to do of a fold.
 *
 * @throws Stopped when the signal aborted
 */
export async function runFold(plan: FoldPlan): Promise<FoldResult> {
  const { folder, seed, settings, method, images, own, signal, onTrial } = plan;
  const { train, tried, compared } = partsOf(images, seed);
  const run = join(folder, "run");
  await finish(run, { ...settings, seed, selection: 0 }, { ...own, data: { train }, signal });
  const { engine, threads } = settings;
  const net = await openTrained(run, { engine, threads });
  try {
    const told = await runSearch(
      searchOf(plan),
      async (trial, number) => {
        if (signal?.aborted) return undefined;
        const loss = await densityLoss(net, tried, trial.settings);
        await onTrial?.(loss, number);
        return loss;
      },
      {
        told: await readTried(folder),
        onTold: (now) => writeTried(folder, now),
        ...(signal && { signal }),
      },
    );
    if (searchOf(plan).next(told) !== "done") throw new Stopped();
    const best = told.filter(hasLosses).sort((a, b) => a.losses[0] - b.losses[0]);
    const kept = best.slice(0, method.kept).map((one) => one.settings);
    const path = join(folder, "compared.json");
    const found = existsSync(path)
      ? await readJson(path, comparedSchema)
      : await compare(plan, kept, (one) => densityLoss(net, compared, one));
    await writeFileAtomic(path, `${JSON.stringify(found)}\n`);
    return { kept, best: best[0].losses[0], compared: found };
  } finally {
    await net.close();
  }
}

/** Losses of the candidates that were kept, and of random ones. */
async function compare(
  plan: FoldPlan,
  kept: readonly Settings[],
  lossOf: (candidate: Settings) => Promise<number>,
): Promise<Compared> {
  const [found, random]: [number[], number[]] = [[], []];
  for (const [list, candidates] of [
    [found, kept],
    [random, controls(plan)],
  ] as const) {
    for (const one of candidates) {
      if (plan.signal?.aborted) throw new Stopped();
      list.push(await lossOf(one));
    }
  }
  return { found, random };
}
