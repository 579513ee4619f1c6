// From a run's settings to what it trains: one net, or the swarm that the settings describe.

import { type CouplingKind, getCoupling } from "../swarm/couplings/index.js";
import { openSwarm, type SwarmSpec } from "../swarm/openSwarm.js";
import { parseRates } from "../swarm/rates.js";
import { type OpenTraining, openSession, type TrainConfig } from "../train/index.js";
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
  return { coupling, particles, rates, deploy };
}

/** What a run with these settings trains. */
export const openTraining: OpenTraining = (prepared) => {
  const { swarm } = prepared.config;
  if (swarm === undefined) return openSession(prepared);
  const spec = swarmOf({ ...prepared.config, swarm }, prepared.module?.couplings);
  return openSwarm(spec)(prepared);
};
