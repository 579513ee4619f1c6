// Settings that do nothing beside the others. Who gives one expects something of it, and is told.

import { InputError } from "../inputError.js";
import type { TrainConfig, TrainSettings } from "./config.js";

type Name = keyof TrainConfig;

/** Settings that need another one, which is not there. */
interface Need {
  readonly names: readonly Name[];
  readonly missing: (settings: Partial<TrainSettings>) => boolean;
  /** What is missing, for messages. */
  readonly cure: string;
}

const needs: readonly Need[] = [
  {
    names: ["particles", "topology", "coupling", "deploy", "probe"],
    missing: ({ swarm }) => swarm === undefined,
    cure: "swarm, as pso",
  },
  {
    names: ["distil"],
    missing: ({ teacher }) => teacher === undefined,
    cure: "teacher, as runs/a",
  },
  {
    names: ["baseBatch"],
    missing: ({ scale = "none" }) => scale === "none",
    cure: "scale, as linear",
  },
];

/** Whether a setting asks for anything. */
function asks(value: unknown): boolean {
  if (value === undefined || value === false) return false;
  return typeof value !== "object" || Object.keys(value ?? {}).length > 0;
}

const isIdle = (settings: Partial<TrainSettings>, { names, missing }: Need, name: Name): boolean =>
  names.includes(name) && missing(settings) && asks(settings[name]);

/** The settings without those that do nothing beside the others. */
export const withoutIdle = (settings: Partial<TrainSettings>): Partial<TrainSettings> =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([name]) => !needs.some((need) => isIdle(settings, need, name as Name)),
    ),
  );

/** @throws InputError naming the first setting that does nothing beside the others. */
export function refuseIdle(settings: Partial<TrainSettings>): void {
  for (const need of needs) {
    const name = need.names.find((one) => isIdle(settings, need, one));
    if (name === undefined) continue;
    throw new InputError(
      `setting ${name} has no effect without ${need.cure}; add that, or leave ${name} out`,
    );
  }
}
