// How a swarm of many processes stands, as its place and the runs of its particles tell.

import { join } from "node:path";
import { holderOf } from "../files/lock.js";
import { runFiles, scoreOfRun } from "../runs/index.js";
import type { Card } from "../swarm/exchange/card.js";
import type { ClosedRound, Site } from "../swarm/exchange/site.js";
import type { RunState } from "./api.js";
import { configOf, stateOf } from "./head.js";
import { columnOf, parseNumbers } from "./numberTable.js";
import { readOwn, writtenAt } from "./ownFile.js";
import { liveOf } from "./parts.js";

/** A particle of a swarm. */
export interface SwarmParticle {
  readonly particle: number;
  /** `free`: nobody has taken it yet. */
  readonly state: RunState | "free";
  /** The process that trains it. */
  readonly host?: { readonly name: string; readonly pid: number };
  /** Epochs that are done, and steps of the next one. */
  readonly epoch: number;
  readonly step: number;
  /** Steps that the particle is behind the one that has come farthest. */
  readonly lag: number;
  /** On the selection set, after the last epoch. */
  readonly score?: number;
  readonly imagesPerSecond?: number;
  /** Bytes that it has sent. */
  readonly bytes: number;
  /** Milliseconds since it was heard of; absent unless it is trained now. */
  readonly silence?: number;
  /** Times that it was lost or far behind, and took the place of another one. */
  readonly rescued: number;
}

/** A swarm at a moment. */
export interface SwarmStatus {
  readonly model: string;
  readonly coupling: string;
  readonly data: string;
  readonly epochs?: number;
  readonly metric?: string;
  readonly particles: readonly SwarmParticle[];
  /** The last ones, ascending. */
  readonly rounds: readonly ClosedRound[];
}

const lastOf = (values: readonly (number | null)[]) => values.at(-1) ?? undefined;

type Found = Omit<SwarmParticle, "lag"> & {
  readonly epochs?: number;
  readonly metric?: string;
  readonly stepsPerEpoch?: number;
};

/** What the run of a particle tells. */
function particleOf(runs: string, particle: number, now: number): Found {
  const folder = join(runs, String(particle));
  const run = { id: String(particle), path: String(particle), folder };
  const nothing = { particle, epoch: 0, step: 0, bytes: 0, rescued: 0 };
  if (writtenAt(join(folder, runFiles.config)) === undefined) return { ...nothing, state: "free" };
  const config = configOf(run);
  if ("fault" in config) return { ...nothing, state: "unreadable" };
  const text = (name: keyof typeof runFiles) => readOwn(join(folder, runFiles[name])) ?? "";
  const results = parseNumbers(text("results"));
  const own = parseNumbers(text("particles"));
  const live = liveOf(text("live"));
  const holder = holderOf(folder);
  const state = stateOf(folder);
  const done = results?.rows.length ?? 0;
  const told = state === "running" && live ? live : undefined;
  return {
    ...{ particle, state, metric: scoreOfRun(config)?.metric },
    ...(holder && { host: holder }),
    ...{ epoch: told ? told.epoch - 1 : done, step: told?.step ?? 0 },
    ...{ epochs: Number(config.settings.epochs), stepsPerEpoch: live?.stepsPerEpoch },
    score: own ? lastOf(columnOf(own, "score")) : undefined,
    imagesPerSecond: told?.imagesPerSecond,
    bytes: (results && lastOf(columnOf(results, "bytesSent"))) ?? 0,
    ...(told && { silence: Math.max(0, now - told.written) }),
    rescued: own
      ? (lastOf(columnOf(own, "restored")) ?? 0) + (lastOf(columnOf(own, "behind")) ?? 0)
      : 0,
  };
}

/**
 * Reads how a swarm stands.
 *
 * @param now by the clock, in milliseconds
 */
export async function swarmStatus(site: Site, card: Card, now = Date.now()): Promise<SwarmStatus> {
  const found = Array.from({ length: card.particles }, (_, particle) =>
    particleOf(site.runs, particle, now),
  );
  const steps = Math.max(1, ...found.map(({ stepsPerEpoch = 0 }) => stepsPerEpoch));
  const doneBy = ({ epoch, step }: Found) => epoch * steps + step;
  const farthest = Math.max(...found.map(doneBy));
  const known = found.find(({ epochs }) => epochs !== undefined);
  return {
    ...{ model: card.model, coupling: card.coupling, data: card.source },
    ...{ epochs: known?.epochs, metric: known?.metric },
    particles: found.map((each) => {
      const { epochs: _, metric: __, stepsPerEpoch: ___, ...particle } = each;
      return { ...particle, lag: farthest - doneBy(each) };
    }),
    rounds: await site.rounds(card.particles),
  };
}
