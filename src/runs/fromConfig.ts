// From a run's settings to what it trains: one net, or the swarm that the settings describe.

import { InputError } from "../inputError.js";
import { type CouplingKind, couplings, getCoupling } from "../swarm/couplings/index.js";
import { openSwarm, type SwarmSpec } from "../swarm/openSwarm.js";
import { parseRates } from "../swarm/rates.js";
import {
  type OpenTraining,
  openSession,
  parseConfig,
  type TrainConfig,
  type TrainSettings,
} from "../train/index.js";
import type { OwnCoupling } from "../train/ownModule.js";

/**
 * The swarm that settings describe.
 *
 * @param own couplings beside those of the registry
 * @throws InputError for an unknown coupling, and for settings that it cannot have.
 */
export function swarmOf(
  config: TrainConfig & { readonly swarm: string },
  own: readonly OwnCoupling[] = [],
): SwarmSpec {
  const { swarm, particles, topology, coupling: settings, lr, deploy } = config;
  const coupling = getCoupling(swarm, own as readonly CouplingKind[]).make({
    ...settings,
    ...(topology && { topology }),
  });
  const rates = typeof lr === "string" ? parseRates(lr, particles) : undefined;
  if (rates && settings.spread !== undefined) {
    throw new InputError(
      `${swarm}: setting spread is ${settings.spread}, but the particles have a list of learning rates; leave one of them out`,
    );
  }
  return { coupling, particles, rates, deploy };
}

/**
 * Settings with what a swarm of their kind trains by, where neither they nor a preset say anything of batch and rate.
 *
 * @example
 * withSwarmDefaults({ data: "mnist", swarm: "pso" }).batch; // 16
 */
export function withSwarmDefaults(settings: Partial<TrainSettings>): Partial<TrainSettings> {
  const { swarm, batch, lr, scale, preset } = settings;
  const kind = couplings().find(({ name }) => name === swarm);
  const said = [batch, lr, scale, preset].some((one) => one !== undefined);
  if (!kind?.defaults || said) return settings;
  return {
    ...settings,
    ...kind.defaults(parseConfig({ data: "any", particles: settings.particles })),
  };
}

/** What a run with these settings trains. */
export const openTraining: OpenTraining = (prepared) => {
  const { swarm } = prepared.config;
  if (swarm === undefined) return openSession(prepared);
  const spec = swarmOf({ ...prepared.config, swarm }, prepared.module?.couplings);
  return openSwarm(spec)(prepared);
};
