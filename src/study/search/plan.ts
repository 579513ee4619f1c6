// What decides a search's trials: plan.json of its folder.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../../files/json.js";
import { InputError } from "../../inputError.js";
import { createSearch, parseSpace, type Search, type Settings } from "../../search/index.js";
import type { Fingerprint } from "../../train/fingerprint.js";
import type { TrainSettings } from "../../train/index.js";
import { PLAN } from "../folder.js";
import { budgetSchema, excessOf, type Pricing } from "./budget.js";
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
  /** What trials are compared by; the first one decides what the best epoch of a run is. */
  objectives: z
    .array(
      z.strictObject({
        name: z.string(),
        better: z.enum(["higher", "lower"]),
        unit: z.enum(["share", "number"]),
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

/** What the trials of a plan cost, where that is bounded. */
export function pricingOf({ space, budget, settings }: SettingsPlan): Pricing | undefined {
  if (!budget) return undefined;
  const modelOf = (trial: Settings) => withTrial(settings, trial).model;
  return { space: parseSpace(space), budget, modelOf };
}

/** The search of a plan; runs that were made before come on top of its trials. */
export function searchOf(plan: SettingsPlan, imported = 0): Search {
  const { space, sampler, options, seed, trials, resource } = plan;
  const pricing = pricingOf(plan);
  return createSearch({
    ...(pricing && { excess: excessOf(pricing) }),
    ...{ space, sampler, options, seed },
    ...(trials !== undefined && { trials: trials + imported }),
    ...(resource && { resource }),
  });
}
