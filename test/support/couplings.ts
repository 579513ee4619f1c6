// For tests: swarms of small vectors in double precision, and rounds over them.

import type { Coupling, Move, PublishedVector, Round, Snapshot } from "../../src/swarm/coupling.js";
import { ownRandom, sharedRandom } from "../../src/swarm/random.js";
import { Random } from "../../src/tensor/philox.js";

/** The published vectors of all particles. */
export type Points = Readonly<Record<PublishedVector, readonly (readonly number[])[]>>;

/** A stream of one number. */
export class Constant extends Random {
  constructor(private readonly value: number) {
    super({ seed: 0, purpose: "swarm" });
  }
  override uniform(): number {
    return this.value;
  }
}

/** Points of `particles` particles drawn from a seed, all different. */
export function pointsOf(particles: number, { length = 5, seed = 1 } = {}): Points {
  const random = new Random({ seed, purpose: "split" });
  const draw = () =>
    Array.from({ length: particles }, () => Array.from({ length }, () => random.normal()));
  return { position: draw(), before: draw(), best: draw() };
}

const distanceOf = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((value, at) => value - b[at]));

/** What a test sets of a round. */
export interface RoundOptions extends Partial<Omit<Round, "snapshots" | "distance" | "rootSize">> {
  /** Particles that are not healthy; their points become NaN in {@link roundOver}'s distances. */
  readonly lost?: readonly number[];
  /** By particle; default 0.1, 0.2, ... */
  readonly lr?: readonly number[];
  /** By particle; default all different. */
  readonly bestScore?: readonly (number | undefined)[];
  /** By particle; default 1, 2, ... */
  readonly loss?: readonly number[];
}

/** The round of a swarm at these points. */
export function roundOver({ position }: Points, options: RoundOptions = {}): Round {
  const { lost = [], lr, bestScore, loss, ...more } = options;
  const snapshots = position.map(
    (_, particle): Snapshot => ({
      particle,
      healthy: !lost.includes(particle),
      lr: lr?.[particle] ?? (particle + 1) / 10,
      loss: loss?.[particle] ?? particle + 1,
      bestScore: bestScore ? bestScore[particle] : ((7 * particle + 3) % 11) / 11,
    }),
  );
  return {
    number: 0,
    total: 8,
    epoch: 0,
    epochs: 4,
    calibration: { gamma: 0.5 },
    rootSize: Math.sqrt(position[0].length),
    last: false,
    behind: position.map(() => 0),
    ...more,
    snapshots,
    distance: (i, j) =>
      lost.includes(i) || lost.includes(j) ? Number.NaN : distanceOf(position[i], position[j]),
  };
}

/** The sum that a move stands for. */
export function applied(move: Move, points: Points): number[] {
  const sum = new Array<number>(points.position[0].length).fill(0);
  for (const { particle, vector, weight } of move) {
    for (const at of sum.keys()) sum[at] += weight * points[vector][particle][at];
  }
  return sum;
}

/** All moves of a round; every particle draws from its own stream and the shared one. */
export const movesOf = (coupling: Coupling, round: Round, seed = 1): readonly Move[] =>
  round.snapshots.map(({ particle }) =>
    coupling.move(
      round,
      particle,
      ownRandom(seed, round.number, particle),
      sharedRandom(seed, round.number),
    ),
  );

/** Positions after a round. */
export const positionsAfter = (coupling: Coupling, points: Points, round: Round): number[][] =>
  movesOf(coupling, round).map((move) => applied(move, points));

/** The mean of some of the points. */
export function meanOf(points: readonly (readonly number[])[], particles?: readonly number[]) {
  const chosen = particles ? particles.map((particle) => points[particle]) : points;
  return chosen[0].map((_, at) => chosen.reduce((sum, x) => sum + x[at], 0) / chosen.length);
}

/** Largest difference of two lists of numbers. */
export const gap = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, at) => Math.abs(value - b[at])));
