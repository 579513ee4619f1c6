// Particle swarm: particles fly through the cube, pulled by the best place of their own and that of all (Kennedy and
// Eberhart 1995; weights of Clerc and Kennedy 2002, IEEE TEC 6). Bits are drawn by their velocity (Kennedy and Eberhart
// 1997). Values that are not alike, of a choice, are cells of a coordinate all the same: it is for numbers and bits.

import { z } from "zod";
import { type Coordinate, coordinatesOf, fromCube, toCube } from "../cube.js";
import { generationsOf } from "../generations.js";
import { ranked } from "../ranking.js";
import { type Asked, MOST, sampler, type Told } from "../search.js";
import { keyOf } from "../space.js";
import { bitBy, type Pulls, pulled } from "../velocity.js";

/** The pulls of bits, and their largest velocity: they stay uncertain. */
const BITS: Pulls = { inertia: 1, own: 2, all: 2 };
const MOST_OF_BITS = 6;

interface Particle {
  x: Float64Array;
  velocity: Float64Array;
  best: Float64Array;
}

const isBit = ({ space }: Asked, { parameter }: Coordinate) => space[parameter].kind === "bits";

/** The particle a step further: a stream of random numbers for each trial. */
function flown(
  asked: Asked,
  { x, velocity, best }: Particle,
  leader: Float64Array,
  pulls: Pulls,
  number: number,
): Particle {
  const random = asked.random(number);
  const next = { x: x.slice(), velocity: velocity.slice(), best };
  for (const [at, coordinate] of coordinatesOf(asked.space).entries()) {
    const bit = isBit(asked, coordinate);
    const v = pulled(x[at], velocity[at], best[at], leader[at], bit ? BITS : pulls, random);
    if (bit) {
      next.velocity[at] = Math.max(-MOST_OF_BITS, Math.min(MOST_OF_BITS, v));
      next.x[at] = bitBy(next.velocity[at], random);
      continue;
    }
    next.x[at] = Math.max(0, Math.min(1, x[at] + v));
    // At a wall it stops.
    next.velocity[at] = next.x[at] === x[at] + v ? v : 0;
  }
  return next;
}

/** A particle at its start. */
function born(asked: Asked, number: number): Particle {
  const random = asked.random(number);
  const x = Float64Array.from(coordinatesOf(asked.space), (coordinate) =>
    isBit(asked, coordinate) ? random.integer(2) : random.uniform(),
  );
  return { x, velocity: new Float64Array(x.length), best: x };
}

/** Where a trial was, on all axes: of settings that come from elsewhere as far as they say. */
function placeOf({ space }: Asked, x: Float64Array, { settings }: Told): Float64Array {
  if (keyOf(space, fromCube(space, x)) === keyOf(space, settings)) return x;
  return toCube(space, settings).map((value, at) => (Number.isNaN(value) ? x[at] : value));
}

export const swarm = sampler({
  name: "swarm",
  description: "particle swarm",
  source: "Kennedy and Eberhart 1995; Clerc and Kennedy 2002, IEEE TEC 6",
  options: z.strictObject({
    particles: z.int().min(2).max(MOST).default(10).describe("trials of a generation"),
    inertia: z
      .number()
      .min(0)
      .default(0.7298)
      .describe("share of its velocity that a particle keeps"),
    own: z.number().min(0).default(1.49618).describe("pull of its own best place"),
    all: z.number().min(0).default(1.49618).describe("pull of the best place of all"),
  }),
  next(asked, { particles, ...pulls }) {
    const { space, told } = asked;
    const generations = generationsOf(told, particles);
    if (generations === "wait") return generations;
    const { past, member } = generations;
    let fleet = Array.from({ length: particles }, (_, at) => born(asked, at));
    let leader = fleet[0].x;
    /** The step of a particle in a generation. */
    const step = (at: number, generation: number) =>
      generation === 0
        ? fleet[at]
        : flown(asked, fleet[at], leader, pulls, generation * particles + at);
    const places: Float64Array[] = [];
    for (const [generation, trials] of past.entries()) {
      fleet = trials.map((trial, at) => {
        const particle = step(at, generation);
        return { ...particle, x: placeOf(asked, particle.x, trial) };
      });
      places.push(...fleet.map(({ x }) => x));
      const order = ranked(told.slice(0, places.length));
      leader = places[order[0]];
      for (const [at, particle] of fleet.entries()) {
        particle.best = places[order.find((trial) => trial % particles === at)!];
      }
    }
    return { settings: fromCube(space, step(member, past.length).x) };
  },
});
