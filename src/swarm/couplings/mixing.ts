// Weighted means of particles. Weights are exact in f32 and sum to exactly 1, so that thousands of
// rounds neither inflate nor shrink a net.

import { type Move, type PublishedVector, type Round, stay, type Term } from "../coupling.js";

/** A particle with its weight in a mean. */
export interface Share {
  readonly particle: number;
  readonly weight: number;
}

/** Weights are whole multiples of this: exact in f32, as is what they leave of 1. */
const GRAIN = 2 ** -24;

const grained = (weight: number) => Math.round(weight / GRAIN) * GRAIN;

/** Which particles take part in a round, by particle. */
export const presence = ({ snapshots }: Round): readonly boolean[] =>
  snapshots.map(({ healthy }) => healthy);

/** The particles that take part, in order. */
export const presentOnes = (present: readonly boolean[]): readonly number[] =>
  present.flatMap((here, particle) => (here ? [particle] : []));

/** Nobody to exchange with: it is lost itself, or the only one. Such a particle trains as if alone. */
export function isAlone(round: Round, self: number): boolean {
  const present = presence(round);
  return !present[self] || presentOnes(present).length < 2;
}

/** The weights of others, and the rest of 1 for `self`. */
export function withRest(self: number, others: readonly Share[]): readonly Share[] {
  const shares = others.map(({ particle, weight }) => ({ particle, weight: grained(weight) }));
  const given = shares.reduce((sum, { weight }) => sum + weight, 0);
  return [{ particle: self, weight: 1 - given }, ...shares];
}

/** The plain mean: the same weights in the same order for everybody, hence the same bytes. */
export function uniform(particles: readonly number[]): readonly Share[] {
  const [first, ...others] = particles;
  return withRest(
    first,
    others.map((particle) => ({ particle, weight: 1 / particles.length })),
  );
}

/** Terms of one vector of several particles. */
export const termsOf = (vector: PublishedVector, shares: readonly Share[]): Move =>
  shares.map((share) => ({ ...share, vector }));

/** Adds up terms of the same vector and leaves out those of weight 0. */
export function simplified(terms: Move): Move {
  const sums = new Map<string, Term>();
  for (const term of terms) {
    const key = `${term.particle} ${term.vector}`;
    const weight = (sums.get(key)?.weight ?? 0) + term.weight;
    sums.set(key, { ...term, weight });
  }
  return [...sums.values()].filter(({ weight }) => weight !== 0);
}

/** Moves a particle the share `pull` of its way to the mean of all that are present. */
export function towardsMean(round: Round, self: number, pull: number): Move {
  if (pull === 0 || isAlone(round, self)) return stay(self);
  const particles = presentOnes(presence(round));
  const others = particles
    .filter((particle) => particle !== self)
    .map((particle) => ({ particle, weight: pull / particles.length }));
  return simplified(termsOf("position", withRest(self, others)));
}
