// The settings of a run that is gone on with: those that it was made with, and what may differ.

import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Splits, sameGroups } from "../data/index.js";
import { InputError } from "../inputError.js";
import { settingNames, type TrainConfig, type TrainSettings } from "./config.js";
import type { Fingerprint } from "./fingerprint.js";
import { isSource } from "./openData.js";
import type { ModuleInfo } from "./ownModule.js";
import type { TeacherInfo } from "./teacher.js";
import type { NetInfo } from "./weights.js";

/** What a run that is resumed was made with. */
export interface PastRun {
  readonly settings: Omit<TrainConfig, "out">;
  readonly data: Fingerprint;
  /** The folder that relative paths among the settings are seen from. */
  readonly startedIn?: string;
  readonly net: NetInfo;
  /** Whether it began with weights that were given. */
  readonly givenWeights?: true;
  readonly module?: ModuleInfo;
  readonly teacher?: TeacherInfo;
}

/** Settings that may differ when a run is resumed: they stop it, or say where it computes and where data and teacher lie. */
const changeable: readonly (keyof TrainConfig)[] = [
  "out",
  "data",
  "teacher",
  "steps",
  "gradients",
  "patience",
  "minutes",
  "saveMinutes",
  "threads",
  "engine",
];

/** Settings that can ask for the same in other words. */
const sameInOtherWords: Readonly<Record<string, (given: string, was: string) => boolean>> = {
  oneOf: sameGroups,
  // A run keeps what was chosen when it began.
  precision: (given) => given === "auto",
  // A run keeps the limits that it measured: they are measured again, and compared by `expectRange`.
  range: (given, was) => given === "train" && /\d/.test(was),
};

const asksFor = (name: string, given: unknown, was: unknown): boolean =>
  JSON.stringify(given) === JSON.stringify(was) ||
  isDeepStrictEqual(given, was) ||
  (typeof given === "string" &&
    typeof was === "string" &&
    sameInOtherWords[name]?.(given, was) === true);

/** The error for a setting that differs. */
function differs(name: string, was: unknown, given: unknown, run: string): InputError {
  return new InputError(
    `the run was made with ${name} ${JSON.stringify(was)}, not ${JSON.stringify(given)}; ` +
      `leave the setting out to resume it, or start another run from its weights: --pretrained ${run}`,
  );
}

/** The settings of a resumed run; throws a {@link InputError} naming the first that differs. */
export function resumedSettings(
  saved: PastRun,
  given: Partial<TrainSettings>,
): Partial<TrainSettings> {
  for (const [name, value] of Object.entries(given)) {
    const key = name as keyof PastRun["settings"];
    const was = saved.settings[key];
    if (changeable.includes(key) || asksFor(key, value, was)) continue;
    throw differs(name, was, value, given.out!);
  }
  const { data } = given;
  const moved = data !== undefined && !isSource(data) && data !== saved.settings.data;
  const { oneOf } = saved.settings;
  return {
    ...saved.settings,
    ...given,
    // What `auto` chose on the machine where the run began, or f32 in a run of an older Convoy.
    ...(saved.settings.precision && { precision: saved.settings.precision }),
    ...(moved && { data: resolve(data) }),
    // Its outputs are in the order of its own words.
    ...(oneOf !== undefined && { oneOf }),
  };
}

/** Refuses limits measured of the training images that are others than the run's; see {@link resumedSettings}. */
export function expectRange(
  { settings: { range: was } }: PastRun,
  { range: measured }: Splits,
  { range, out }: TrainConfig,
): void {
  if (measured !== undefined && measured !== was) throw differs("range", was, range, out!);
}

/** Settings by name as plain data, `null` where there is none: those that a run keeps for good. */
export type FixedSettings = Readonly<Record<string, unknown>>;

/** The settings of a run that may not differ when it is resumed. */
export const fixedSettings = (config: PastRun["settings"]): FixedSettings =>
  Object.fromEntries(
    settingNames
      .filter((name) => !changeable.includes(name))
      .map((name) => [name, config[name as keyof PastRun["settings"]] ?? null]),
  );

/**
 * Refuses settings of a run's config.json that its state was not made with: somebody has changed the file. Those that the
 * state does not know, as one of an older Convoy, are taken as they are.
 */
export function expectFixed(was: FixedSettings, { settings }: PastRun, run: string): void {
  const now = fixedSettings(settings);
  const name = Object.keys(was).find((key) => key in now && !asksFor(key, now[key], was[key]));
  if (name === undefined) return;
  throw new InputError(
    `${run}: its config.json has ${name} ${JSON.stringify(now[name])}, but the run was made with ` +
      `${JSON.stringify(was[name])}; set it back to resume it, or start another run from its weights: --pretrained ${run}`,
  );
}
