// NSGA-II: the best of all that is known have children (Deb, Pratap, Agarwal, Meyarivan 2002, IEEE TEC 6): parents
// by tournaments of two, uniform crossover, then a change in one place. Of one objective it is a genetic algorithm.

import { z } from "zod";
import { drawSettings } from "../cube.js";
import { generationsOf } from "../generations.js";
import { cross, mutate } from "../mutation.js";
import { ranked } from "../ranking.js";
import { hasLosses, MOST, sampler } from "../search.js";
import { keyOf } from "../space.js";

/** Children that are tried until there is one that nobody was. */
const TRIES = 20;

export const nsga2 = sampler({
  name: "nsga2",
  description: "genetic algorithm of several objectives",
  source: "Deb, Pratap, Agarwal and Meyarivan 2002, IEEE TEC 6",
  options: z.strictObject({
    population: z.int().min(2).max(MOST).default(20).describe("trials of a generation"),
    parents: z
      .int()
      .min(1)
      .max(MOST)
      .default(10)
      .describe("the best so far, of which children are made"),
    crossover: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe("share of the children with two parents"),
  }),
  next({ space, told, number, random }, { population, parents: parentsAtMost, crossover }) {
    const generations = generationsOf(told, population);
    if (generations === "wait") return generations;
    const stream = random(number);
    const over = told.slice(0, generations.past.length * population);
    const parents = ranked(over)
      .filter((at) => hasLosses(over[at]))
      .slice(0, parentsAtMost);
    if (parents.length === 0) return { settings: drawSettings(space, stream) };
    // They are in order: of two the first is the better one.
    const parent = () => {
      const place = Math.min(stream.integer(parents.length), stream.integer(parents.length));
      return over[parents[place]].settings;
    };
    const child = () => {
      const mixed =
        stream.uniform() < crossover ? cross(space, parent(), parent(), stream) : parent();
      return mutate(space, mixed, stream);
    };
    const known = new Set(told.map(({ settings }) => keyOf(space, settings)));
    let settings = child();
    for (let tries = 0; tries < TRIES && known.has(keyOf(space, settings)); tries++) {
      settings = child();
    }
    return { settings };
  },
});
