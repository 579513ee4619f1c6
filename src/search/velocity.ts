// What moves the particles of a swarm, and of a binary one the chance of a bit (Kennedy and Eberhart 1995, "Particle swarm
// optimization", and 1997, "A discrete binary version of the particle swarm algorithm").

import type { Random } from "../tensor/philox.js";

/** How strongly a particle keeps its velocity, and is pulled by its own best place and that of all. */
export interface Pulls {
  readonly inertia: number;
  readonly own: number;
  readonly all: number;
}

/** A velocity along one coordinate, pulled by both bests. */
export const pulled = (
  x: number,
  velocity: number,
  best: number,
  leader: number,
  { inertia, own, all }: Pulls,
  random: Random,
): number =>
  inertia * velocity + own * random.uniform() * (best - x) + all * random.uniform() * (leader - x);

/** The logistic function: what a velocity says of the chance that a bit is 1. */
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** A bit drawn by its velocity. */
export const bitBy = (velocity: number, random: Random): 0 | 1 =>
  random.uniform() < sigmoid(velocity) ? 1 : 0;
