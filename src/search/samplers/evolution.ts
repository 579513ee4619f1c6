// Aging evolution: of a population the best of a few is changed in one place, and the oldest dies (Real, Aggarwal, Huang,
// Le 2019, "Regularized evolution for image classifier architecture search", arXiv 1802.01548). Age is the number of a
// trial, so that nothing depends on which of two parallel ones ended first.

import { z } from "zod";
import { drawSettings } from "../cube.js";
import { mutate } from "../mutation.js";
import { ranked } from "../ranking.js";
import { hasEnded, hasLosses, MOST, sampler } from "../search.js";
import { keyOf } from "../space.js";

/** Changes that are tried until one gives settings that nobody had. */
const TRIES = 50;

export const evolution = sampler({
  name: "evolution",
  description: "aging evolution",
  source: "Real, Aggarwal, Huang and Le 2019, arXiv 1802.01548",
  options: z.strictObject({
    population: z.int().min(2).max(MOST).default(20).describe("trials alive"),
    sample: z.int().min(1).max(MOST).default(10).describe("of which the best one is the parent"),
  }),
  next({ space, told, number, random }, { population, sample }) {
    const stream = random(number);
    const alive = told.filter(hasEnded).slice(-population);
    if (told.length < population || !alive.some(hasLosses)) {
      return { settings: drawSettings(space, stream) };
    }
    const chosen = stream.permutation(alive.length).subarray(0, sample).sort();
    const some = Array.from(chosen, (at) => alive[at]);
    const [best] = ranked(some);
    const known = new Set(told.map(({ settings }) => keyOf(space, settings)));
    let settings = some[best].settings;
    for (let tries = 0; tries < TRIES && known.has(keyOf(space, settings)); tries++) {
      settings = mutate(space, some[best].settings, stream);
    }
    return { settings };
  },
});
