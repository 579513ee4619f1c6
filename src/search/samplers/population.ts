// Population-based training: all members train at once, and at each step the worst continue from copies of the best, with
// settings somewhat changed (Jaderberg et al. 2017, arXiv 1711.09846). What is found is a schedule: the chain of the best.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import type { Random } from "../../tensor/philox.js";
import { coordinatesAt, drawSettings, valueAt } from "../cube.js";
import { mutateValue } from "../mutation.js";
import { ranked } from "../ranking.js";
import { resourceOf, runs } from "../rungs.js";
import { hasLosses, type Next, sampler, type Told } from "../search.js";
import { choose, type Parameter, type Setting, type Settings, type Space } from "../space.js";

/** A step of numbers, of their range. */
const STEP = 0.1;

/** Numbers move a little up or down; anything else changes one time of four. */
function perturbed(parameter: Parameter, value: Setting, random: Random): Setting {
  if (parameter.kind === "choice" || parameter.kind === "bits") {
    return random.uniform() < 0.25 ? mutateValue(parameter, value, random) : value;
  }
  const [at] = coordinatesAt(parameter, value);
  return valueAt(parameter, [at + (random.uniform() < 0.5 ? -STEP : STEP)]);
}

/** Settings somewhat changed, some of them drawn anew. */
function explored(space: Space, settings: Settings, renewed: number, random: Random): Settings {
  const anew = drawSettings(space, random);
  return choose(space, (parameter) => {
    const { name } = parameter;
    const fresh = random.uniform() < renewed || settings[name] === undefined;
    if (!fresh) return perturbed(parameter, settings[name], random);
    return anew[name] ?? drawSettings([{ ...parameter, when: undefined }], random)[name];
  });
}

/** The step of member `member` after the trials of all at the step before. */
function step(
  { space, told, random }: { space: Space; told: readonly Told[]; random: Random },
  before: readonly number[],
  member: number,
  until: number,
  { share, renewed }: { share: number; renewed: number },
): Next {
  const order = ranked(before.map((at) => told[at])).map((place) => before[place]);
  const count = Math.max(1, Math.floor(share * order.length));
  const own = before[member];
  const best = order.slice(0, count).filter((at) => hasLosses(told[at]));
  const worst = order.length > 1 && order.slice(-count).includes(own);
  if (!worst && hasLosses(told[own])) return { settings: told[own].settings, from: own, until };
  // All have failed: from the beginning.
  if (best.length === 0) return { settings: drawSettings(space, random), until };
  const from = best[random.integer(best.length)];
  return { settings: explored(space, told[from].settings, renewed, random), from, until };
}

export const population = sampler({
  name: "population",
  description: "population-based training",
  source: "Jaderberg et al. 2017, arXiv 1711.09846",
  stages: true,
  changes: true,
  options: z.strictObject({
    share: z
      .number()
      .gt(0)
      .max(0.5)
      .default(0.25)
      .describe("of the members that are replaced, and copied"),
    renewed: z
      .number()
      .min(0)
      .max(1)
      .default(0.25)
      .describe("chance that a setting of a copy is drawn anew"),
  }),
  next(asked, options) {
    const { space, told, trials, number } = asked;
    if (!Number.isFinite(trials)) {
      throw new InputError("population: trials are its members; say how many");
    }
    const { least, most } = resourceOf(asked);
    const random = asked.random(number);
    for (let at = 1; ; at++) {
      const until = Math.min(most, at * least);
      const here = [...told.keys()].filter((trial) => told[trial].until === until);
      if (here.length < trials) {
        if (at === 1) return { settings: drawSettings(space, random), until };
        const before = [...told.keys()].filter((trial) => told[trial].until === (at - 1) * least);
        if (runs(before.map((trial) => told[trial]))) return "wait";
        return step({ space, told, random }, before, here.length, until, options);
      }
      if (until === most) return runs(told) ? "wait" : "done";
    }
  },
});
