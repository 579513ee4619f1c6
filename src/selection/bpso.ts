// Binary particle swarm (Kennedy and Eberhart 1997, "A discrete binary version of the particle swarm algorithm", IEEE
// SMC): velocities as in the continuous one, and the chance that a bit is 1 is their logistic function.

import { bitBy, type Pulls, pulled } from "../search/velocity.js";
import { Random } from "../tensor/philox.js";
import { type Mask, randomMask, type Selector } from "./selector.js";

const defaults = {
  inertia: 1,
  /** Pull of a particle's own best subset, and of the best of all. */
  own: 2,
  all: 2,
  /** Largest velocity: bits stay uncertain. */
  most: 6,
};

/** A subset on its way, with the best one that it was. */
export interface Particle {
  readonly x: Mask;
  readonly velocity: Float64Array;
  best: Mask;
  fitness: number;
}

/** Moves a particle towards its best subset and that of all. */
export function move(
  { x, velocity, best }: Particle,
  leader: Mask,
  { most, ...pulls }: Pulls & { readonly most: number },
  random: Random,
): void {
  for (let at = 0; at < x.length; at++) {
    const next = pulled(x[at], velocity[at], best[at], leader[at], pulls, random);
    velocity[at] = Math.max(-most, Math.min(most, next));
    x[at] = bitBy(velocity[at], random);
  }
}

/** Binary particle swarm. Options: `inertia` 1, `own` 2 and `all` 2 (pulls of the bests), `most` 6 (largest velocity). */
export const bpso: Selector = {
  name: "bpso",
  description: "binary particle swarm",
  source: "Kennedy and Eberhart 1997, IEEE SMC",
  defaults,
  search({ fitness, population }, options, key) {
    const random = new Random(key);
    const pulls = { ...defaults, ...options } as typeof defaults;
    const swarm: Particle[] = Array.from({ length: population }, () => {
      const x = randomMask(fitness.columns, random);
      const velocity = new Float64Array(fitness.columns);
      return { x, velocity, best: x.slice(), fitness: fitness.of(x) };
    });
    while (fitness.left > 0) {
      const leader = fitness.best!.mask;
      for (const particle of swarm) {
        move(particle, leader, pulls, random);
        const found = fitness.of(particle.x);
        if (found <= particle.fitness) continue;
        particle.best = particle.x.slice();
        particle.fitness = found;
      }
    }
  },
};
