// Published recipes by name: settings that go under those that a user gives.

import { InputError } from "../inputError.js";
import { byName } from "../text/words.js";
import type { TrainSettings } from "./config.js";

/** A recipe. */
export interface Preset {
  readonly name: string;
  /** What it is, with its source. */
  readonly description: string;
  readonly settings: Partial<TrainSettings>;
}

export const presets: readonly Preset[] = [
  {
    name: "paper",
    description: "PSO-ConvNet as its authors ran it (arXiv 2205.10456, and their code)",
    settings: {
      ...{ swarm: "pso", particles: 4, lr: "fast,conservative,0.0001,wild" },
      ...{ optimizer: "sgd", decay: 0, batch: 32, deploy: "best" },
      // Without what Convoy added: no net is rescued, and no move is cut.
      coupling: { m: 1, rescue: 0, limit: 1e6 },
    },
  },
];

/**
 * Settings with those of the preset that they name, if they do, under them.
 *
 * @throws InputError for an unknown preset, and for one of another swarm than the settings ask for.
 * @example
 * withPreset({ data: "mnist", preset: "paper", batch: 64 }).optimizer; // "sgd"
 */
export function withPreset(settings: Partial<TrainSettings>): Partial<TrainSettings> {
  if (settings.preset === undefined) return settings;
  const { name, settings: own } = byName("preset", settings.preset, presets);
  const said = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  );
  const { swarm = own.swarm, coupling } = settings;
  if (swarm !== own.swarm) {
    throw new InputError(
      `setting preset: "${name}" is of the swarm ${own.swarm}, found ${swarm}; leave one of them out`,
    );
  }
  return { ...own, ...said, coupling: { ...own.coupling, ...coupling } };
}
