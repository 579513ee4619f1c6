// Runs that were made before, as trials: what they came to a search need not try again.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { readJson } from "../../files/json.js";
import { InputError } from "../../inputError.js";
import { type RunConfig, readRunConfig, runFiles } from "../../runs/index.js";
import { checkSettings } from "../../search/index.js";
import { choose, type Settings } from "../../search/space.js";
import { settingNames, type TrainConfig } from "../../train/config.js";
import { dataDifference } from "../../train/fingerprint.js";
import { prepare } from "../../train/prepare.js";
import { valuesOf } from "./objectives.js";
import { valueIn, withTrial } from "./parameters.js";
import type { Settled } from "./settle.js";
import type { TrialRecord } from "./trials.js";

/** Of a summary, what a trial is told of. */
const finished = z.looseObject({
  epochs: z.int().min(0),
  score: z.looseObject({ metric: z.string() }),
  best: z.record(z.string(), z.number().nullable()),
});

/** Settings that say where a run lies and computes, and how often it is saved. */
const elsewhere: readonly string[] = [
  ...["out", "data", "teacher", "module", "classes", "classWeights", "pretrained", "score"],
  ...["threads", "engine", "saveMinutes", "pack", "preset"],
];

/** Where a run was made otherwise than a trial of the same settings would be. */
function difference(run: RunConfig, trial: TrainConfig): string | undefined {
  const text = (value: unknown) => JSON.stringify(value) ?? "not set";
  const name = settingNames
    .filter((one) => !elsewhere.includes(one))
    .find((one) => {
      const key = one as keyof RunConfig["settings"];
      return text(run.settings[key]) !== text(trial[key]);
    }) as keyof RunConfig["settings"] | undefined;
  return name && `${name} is ${text(run.settings[name])}, in the study it is ${text(trial[name])}`;
}

/** The settings that a run has for the parameters of a space. */
function settingsOf({ space }: Settled, { settings }: RunConfig, path: string): Settings {
  const found = choose(space, ({ name }) => valueIn(settings, name) ?? "");
  const known = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ""));
  checkSettings(space, known, path);
  return known;
}

/** Refuses shares that there are not: one run above all others would be the best for ever. */
function checkShares(
  objectives: Settled["objectives"],
  best: z.output<typeof finished>["best"],
  file: string,
): void {
  for (const { name, unit } of objectives) {
    const value = best[name] ?? Number.NaN;
    if (unit !== "share" || !(value < 0 || value > 1)) continue;
    throw new InputError(`${file}: best.${name} is ${value}; expected a share from 0 to 1`);
  }
}

/**
 * A finished run as a trial.
 *
 * @throws InputError naming the run when it is not over, its settings lie outside of the space, or it is not what a
 * trial of the study would be.
 */
export async function importRun(path: string, settled: Settled): Promise<TrialRecord> {
  const { plan, objectives } = settled;
  if (plan.resource) {
    throw new InputError(
      `${path}: ${plan.sampler} stops trials early and cannot learn of runs that were not; take another sampler`,
    );
  }
  if (objectives.some(({ name }) => name === "loss")) {
    throw new InputError(
      `${path}: a finished run does not tell its loss; import it for other metrics`,
    );
  }
  const run = await readRunConfig(path);
  const file = join(path, runFiles.summary);
  if (!existsSync(file)) {
    throw new InputError(`${path} is not over: there is no ${runFiles.summary} in it`);
  }
  const { best, epochs, score } = await readJson(file, finished);
  checkShares(objectives, best, file);
  const settings = settingsOf(settled, run, path);
  const all = withTrial(plan.settings, settings);
  const trial = await prepare(all, await settled.partsOf(all));
  const wrong =
    difference(run, trial.config) ??
    (score.metric === trial.score.metric
      ? undefined
      : `its best epoch is chosen by ${score.metric}, in the study by ${trial.score.metric}`);
  if (wrong) throw new InputError(`${path}: ${wrong}; only a run like its trials can be told`);
  // With its test images, which a trial has not, or as a trial.
  const other = dataDifference(run.data, await settled.wholeDataOf(all));
  if (other && dataDifference(run.data, trial.data))
    throw new InputError(`${path} was made with other data: ${other}`);
  const selection = Object.fromEntries(
    Object.entries(best).map(([name, value]) => [name, value ?? Number.NaN]),
  );
  const { model } = trial.question;
  const { engine } = trial.config;
  return {
    ...{ settings, run: resolve(path), epochs, imported: true },
    values: await valuesOf(objectives, (one) => one.of({ selection }, model, engine)),
  };
}
