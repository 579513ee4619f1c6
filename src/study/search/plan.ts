// What decides a search's trials: plan.json of its folder.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../../files/json.js";
import { InputError } from "../../inputError.js";
import { createSearch, type Excess, type Search, type Settings } from "../../search/index.js";
import type { Fingerprint } from "../../train/fingerprint.js";
import type { TrainSettings } from "../../train/index.js";
import { PLAN } from "../folder.js";
import { budgetSchema } from "./budget.js";
import { withTrial } from "./parameters.js";

/** Values by name, which others check in full. */
const named = <T>() =>
  z.custom<T>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "expected values by name",
  );

const schema = z.strictObject({
  kind: z.literal("search"),
  /** As text; see `parseSpace`. */
  space: z.string(),
  sampler: z.string(),
  options: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  seed: z.int().min(0),
  trials: z.int().min(1).optional(),
  resource: z.strictObject({ least: z.int().min(1), most: z.int().min(1) }).optional(),
  /** What nets may cost, and the images that they are laid out for. */
  budget: budgetSchema.optional(),
  /** Of so many proposals the net with the highest score, untrained, is trained. */
  screen: z.strictObject({ proxy: z.string(), candidates: z.int().min(2).max(1000) }).optional(),
  /** What trials are compared by; the first one decides what the best epoch of a run is. */
  objectives: z
    .array(
      z.strictObject({
        name: z.string(),
        better: z.enum(["higher", "lower"]),
        unit: z.enum(["share", "number"]),
        /** It is told of trials, and counts for the front; what is proposed does not depend on it. */
        watched: z.literal(true).optional(),
      }),
    )
    .min(1),
  /** Of all trials alike. */
  settings: named<Partial<TrainSettings>>(),
  data: named<Fingerprint>(),
  module: z.strictObject({ path: z.string(), sha256: z.string() }).optional(),
});

/** A search of settings as it is kept. */
export type SettingsPlan = z.output<typeof schema>;

/**
 * The plan of the search in a folder.
 *
 * @throws InputError when there is none, and for a study of another kind.
 */
export async function readPlan(out: string): Promise<SettingsPlan> {
  const path = join(out, PLAN);
  if (!existsSync(path)) {
    throw new InputError(`${out} holds no study: there is no ${PLAN} in it`);
  }
  try {
    return await readJson(path, schema);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${error.message}; expected the plan of a search, as convoy tune DATA --search makes`,
      { cause: error },
    );
  }
}

/** The name of the model that a trial of a plan has; none where nothing names one. */
export const modelIn = ({ settings }: SettingsPlan, trial: Settings): string | undefined =>
  withTrial(settings, trial).model;

/** Objectives that what is proposed depends on. */
export const deciding = ({ objectives }: SettingsPlan): SettingsPlan["objectives"] =>
  objectives.filter(({ watched }) => !watched);

/**
 * The search of a plan; runs that were made before come on top of its trials.
 *
 * @param excess what bounds its nets; without it, it proposes others, and is over at the same time
 */
export function searchOf(plan: SettingsPlan, imported = 0, excess?: Excess): Search {
  const { space, sampler, options, seed, trials, resource } = plan;
  return createSearch({
    ...(excess && { excess }),
    ...{ space, sampler, options, seed },
    ...(trials !== undefined && { trials: trials + imported }),
    ...(resource && { resource }),
  });
}
