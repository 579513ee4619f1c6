// Who mixes with whom: rows of doubly stochastic matrices, whose rows and columns sum to 1, so that
// mixing leaves the mean of all particles where it is.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import type { Random } from "../../tensor/philox.js";
import { byName } from "../../text/words.js";
import { givenMatrix } from "./matrix.js";
import { presentOnes, type Share, withRest } from "./mixing.js";

/** A topology as data. */
export interface Topology {
  readonly name: string;
  readonly source: string;
  /** Throws an `InputError` when it does not fit the number of particles. */
  check?(particles: number): void;
  /**
   * Row `self` of the round's matrix, which is doubly stochastic over those that are present; nobody
   * else has a share. `shared` is the stream that all particles draw alike.
   */
  row(self: number, present: readonly boolean[], shared: Random): readonly Share[];
}

/** Each round a random matching: partners take their mean; with an odd number one idles. */
const matching: Topology = {
  name: "matching",
  source: "Boyd, Ghosh, Prabhakar, Shah 2006, doi 10.1109/TIT.2006.874516",
  row(self, present, shared) {
    const ones = presentOnes(present);
    const order = Array.from(shared.permutation(ones.length), (at) => ones[at]);
    const at = order.indexOf(self);
    const partner = order[at % 2 === 0 ? at + 1 : at - 1];
    return withRest(self, partner === undefined ? [] : [{ particle: partner, weight: 1 / 2 }]);
  },
};

/** Both neighbours on a circle and itself in equal parts; a lost one's part stays with itself. */
const ring: Topology = {
  name: "ring",
  source: "Lian et al. 2017, arXiv 1705.09056",
  row(self, present) {
    const { length } = present;
    const sides = new Set([(self + 1) % length, (self + length - 1) % length]);
    sides.delete(self);
    const weight = 1 / (1 + sides.size);
    const others = [...sides].filter((side) => present[side]);
    return withRest(
      self,
      others.map((particle) => ({ particle, weight })),
    );
  },
};

/** The mean of all. */
const full: Topology = {
  name: "full",
  source: "Lian et al. 2017, arXiv 1705.09056",
  row(self, present) {
    const ones = presentOnes(present);
    const others = ones.filter((particle) => particle !== self);
    return withRest(
      self,
      others.map((particle) => ({ particle, weight: 1 / ones.length })),
    );
  },
};

const named: readonly Topology[] = [matching, ring, full];

/** The topologies that need no numbers. */
export const topologies = (): readonly Topology[] => named;

/** Pairs of particles that are joined. */
export type Edges = readonly (readonly [number, number])[];

/** Neighbours of each of `particles` particles; throws an `InputError` for edges that make no graph. */
function neighboursOf(edges: Edges, particles: number): readonly ReadonlySet<number>[] {
  const sets = Array.from({ length: particles }, () => new Set<number>());
  for (const [at, [a, b]] of edges.entries()) {
    const edge = `topology: edge ${at} joins ${a} and ${b}`;
    if (Math.max(a, b) >= particles) {
      throw new InputError(`${edge}; the swarm's particles are 0 to ${particles - 1}`);
    }
    if (a === b) throw new InputError(`${edge}; expected two different particles`);
    sets[a].add(b);
    sets[b].add(a);
  }
  return sets;
}

/** The first particle that no path joins to particle 0, or -1. */
function unreached(neighbours: readonly ReadonlySet<number>[]): number {
  const reached = new Set([0]);
  for (const particle of reached) {
    for (const next of neighbours[particle]) reached.add(next);
  }
  return neighbours.findIndex((_, particle) => !reached.has(particle));
}

/** A fixed graph with Metropolis weights `1 / (1 + the larger degree)`; a lost one's part stays. */
export const graph = (edges: Edges): Topology => ({
  name: "graph",
  source: "Xiao, Boyd, Lall 2005, doi 10.1109/IPSN.2005.1440896",
  check(particles) {
    const lone = unreached(neighboursOf(edges, particles));
    if (lone === -1) return;
    throw new InputError(`topology: no edges lead from particle 0 to particle ${lone}; join them`);
  },
  row(self, present) {
    const neighbours = neighboursOf(edges, present.length);
    const others = [...neighbours[self]].filter((other) => present[other]);
    const degree = (particle: number) => neighbours[particle].size;
    return withRest(
      self,
      others.map((particle) => ({
        particle,
        weight: 1 / (1 + Math.max(degree(self), degree(particle))),
      })),
    );
  },
});

/** A topology in settings: a name, the edges of a graph, or the matrix itself. */
export const topologySetting = z.union([
  z.string(),
  z.strictObject({ edges: z.array(z.tuple([z.int().min(0), z.int().min(0)])) }),
  z.strictObject({ matrix: z.array(z.array(z.number())) }),
]);
export type TopologySetting = z.output<typeof topologySetting>;

/** Throws an `InputError` for a name that is not known. */
export function topologyOf(setting: TopologySetting): Topology {
  if (typeof setting === "string") return byName("topology", setting, named);
  return "edges" in setting ? graph(setting.edges) : givenMatrix(setting.matrix);
}
