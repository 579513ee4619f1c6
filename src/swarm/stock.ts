// Takes stock of a swarm: how far apart its nets are, how well they do, where they stand.

import type { Score } from "../tasks/index.js";
import type { SwarmReport } from "../train/index.js";
import { consensusDistance, scoreSpread } from "./diagnostics.js";
import type { Particle } from "./particle.js";
import { distancesOf } from "./round.js";
import type { Sketcher } from "./sketch.js";

/** What is found; an epoch's report but for the epoch and its step. */
export type Stock = Omit<SwarmReport, "type" | "epoch" | "meanStep">;

/** Swarms up to this size tell the distances of all pairs; their number grows with its square. */
const MOST_NETS = 64;

/** Takes stock of particles with these scores on the selection set. */
export async function takeStock(
  particles: readonly Particle[],
  scores: readonly number[],
  sketcher: Sketcher,
  better: Score["better"],
): Promise<Stock> {
  const healthy = [...particles.keys()].filter((at) => particles[at].healthy);
  const points = particles.map(({ position }) => position);
  const distances =
    particles.length <= MOST_NETS ? await distancesOf(points, (at) => particles[at]) : undefined;
  const positions = await Promise.all(points.map((point) => point.read()));
  return {
    scores: scoreSpread(
      healthy.map((at) => scores[at]),
      better,
    ),
    distances,
    consensus: distances && consensusDistance(healthy, (i, j) => distances[i][j]),
    sketches: positions.map((position) => sketcher.sketch(position)),
  };
}
