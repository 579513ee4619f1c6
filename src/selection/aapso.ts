// AAPSO, adaptive and altruistic particle swarm selection (Pramanik, Sarkar and Sarkar 2022, "An adaptive and altruistic
// PSO-based deep feature selection method for pneumonia detection from chest X-rays", Applied Soft Computing 128:109464,
// arXiv 2208.03558). The published program does not run and differs from the text; this is the algorithm that it means,
// with options for those details of the program that can be run.

import { bitBy, pulled } from "../search/velocity.js";
import { Random } from "../tensor/philox.js";
import { type Mask, randomMask, type Selector, type SelectorOptions } from "./selector.js";

/** A subset on its way. */
export interface Particle {
  readonly x: Mask;
  readonly velocity: Float64Array;
  fitness: number;
  /** Its best subset so far. */
  best: { x: Mask; fitness: number };
}

/** Ranks by number of particles. */
interface Pairs {
  readonly altruists: readonly number[];
  readonly needy: readonly number[];
}

/** Share of the particles that are needy, and that give. */
const SHARE = 0.3;
/** The rank at which altruists begin, as a share of the particles. */
const FIRST_ALTRUIST = 0.4;

const rising = (values: readonly number[]): number[] =>
  values.map((_, at) => at).sort((a, b) => values[a] - values[b]);

const take = (from: readonly number[], first: number, count: number) =>
  from.slice(first, first + count);

/**
 * Who gives to whom, by what the last move gained each particle; pairs stand at the same place of the two lists.
 *
 * - `least`: altruists are those in the middle, needy those that gained least.
 * - `most`: needy are those that gained most, as the published program aims at.
 * - `published`: what that program does: it takes each particle's rank for the particle of that rank.
 */
export const altruismOrders: Readonly<Record<string, (gains: readonly number[]) => Pairs>> = {
  least(gains) {
    const falling = rising(gains.map((gain) => -gain));
    const count = Math.floor(SHARE * gains.length);
    const first = Math.floor(FIRST_ALTRUIST * gains.length);
    return {
      altruists: take(falling, first, count),
      needy: take(falling, gains.length - count, count),
    };
  },
  most(gains) {
    return publishedPairs(rising(gains));
  },
  published(gains) {
    const ranks: number[] = [];
    for (const [rank, particle] of rising(gains).entries()) ranks[particle] = rank;
    return publishedPairs(ranks);
  },
};

/** The program's ranks: of 30 particles 13 to 21 give, and 29 down to 21 get. */
function publishedPairs(order: readonly number[]): Pairs {
  const count = Math.floor(SHARE * order.length);
  const first = Math.floor(FIRST_ALTRUIST * order.length) + 1;
  return {
    altruists: take(order, first, count),
    needy: take(order.toReversed(), 0, count),
  };
}

/** The inertia of step `t` of `steps`: from 0.632 to nearly 0. */
export const inertia = (t: number, steps: number): number => 1 - Math.exp(-(1 - t / steps));

/** Moves a particle towards its best subset and that of all. */
export function move(
  { x, velocity, best }: Particle,
  leader: Mask,
  w: number,
  random: Random,
): void {
  const pulls = { inertia: w, own: 1, all: 1 };
  for (let at = 0; at < x.length; at++) {
    velocity[at] = pulled(x[at], velocity[at], best.x[at], leader[at], pulls, random);
    x[at] = bitBy(velocity[at], random);
  }
}

/** An altruist gives a needy particle some of its bits, and draws new ones for itself. */
export function give(good: Particle, needy: Particle, random: Random): void {
  for (let at = 0; at < good.x.length; at++) {
    const fair = good.velocity[at] > 0 && good.velocity[at] < 1.5;
    const chance = fair ? 0.5 + 0.3 * random.uniform() : 0.5;
    if (random.uniform() >= chance) continue;
    needy.x[at] = good.x[at];
    needy.velocity[at] = good.velocity[at];
    good.velocity[at] = random.uniform();
    good.x[at] = bitBy(good.velocity[at], random);
  }
}

/** The swarm at its start, which is evaluated. */
function begin(
  length: number,
  columns: number,
  rate: (mask: Mask) => number,
  random: Random,
): Particle[] {
  return Array.from({ length }, () => {
    const x = randomMask(columns, random);
    const fitness = rate(x);
    return { x, velocity: new Float64Array(columns), fitness, best: { x: x.slice(), fitness } };
  });
}

const leaderOf = (swarm: readonly Particle[]) =>
  swarm.reduce(
    (leader, { best }) => (best.fitness > leader.fitness ? best : leader),
    swarm[0].best,
  );

/** Remembers the subsets that are better than any their particle had behind an earlier step. */
function settle(swarm: readonly Particle[], keep: (x: Mask) => Mask): void {
  for (const particle of swarm) {
    const { x, fitness } = particle;
    if (fitness > particle.best.fitness) particle.best = { x: keep(x), fitness };
  }
}

const defaults = { altruismOrder: "least", bests: "kept" } as const;

/**
 * AAPSO. Options: `altruismOrder` (see {@link altruismOrders}), default `least`; `bests`: `kept`, or `moving`, where bests
 * are the particles themselves and change with them, as in the published program. A step asks for the subset of every
 * particle and once more for those that gave or got; the inertia falls to 0 over as many steps as the evaluations allow.
 */
export const aapso: Selector = {
  name: "aapso",
  description: "adaptive and altruistic binary particle swarm",
  source: "Pramanik, Sarkar and Sarkar 2022, Applied Soft Computing 128, arXiv 2208.03558",
  defaults,
  choices: { altruismOrder: Object.keys(altruismOrders), bests: ["kept", "moving"] },
  search({ fitness, population }, options: SelectorOptions, key) {
    const random = new Random(key);
    const rate = (mask: Mask) => fitness.of(mask);
    const keep = options.bests === "moving" ? (x: Mask) => x : (x: Mask) => x.slice();
    const pairsOf = altruismOrders[options.altruismOrder];
    const swarm = begin(population, fitness.columns, rate, random);
    if (options.bests === "moving") {
      for (const particle of swarm) particle.best = { ...particle.best, x: particle.x };
    }
    let leader = leaderOf(swarm);
    const asks = population + 2 * Math.floor(SHARE * population);
    const steps = Math.ceil(fitness.left / asks);
    for (let t = 0; t < steps; t++) {
      const before = swarm.map((particle) => particle.fitness);
      for (const particle of swarm) {
        move(particle, leader.x, inertia(t, steps), random);
        particle.fitness = rate(particle.x);
      }
      const { altruists, needy } = pairsOf(swarm.map(({ fitness }, at) => fitness - before[at]));
      for (const [at, one] of altruists.entries()) give(swarm[one], swarm[needy[at]], random);
      for (const one of new Set([...altruists, ...needy])) swarm[one].fitness = rate(swarm[one].x);
      settle(swarm, keep);
      leader = leaderOf(swarm);
    }
  },
};
