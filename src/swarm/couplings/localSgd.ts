// Local SGD: learners train alone and all take their mean every H steps. Stich 2018, arXiv 1805.09767;
// with the mean of the optimizer's state too: Yu, Jin, Yang 2019, arXiv 1905.03817; after a part of
// the run with a mean at every step (post-local SGD): Lin et al. 2018, arXiv 1808.07217.

import { z } from "zod";
import { InputError } from "../../inputError.js";
import { parseSettings } from "../../settings.js";
import { type Coupling, type Round, stay } from "../coupling.js";
import { isAlone, presence, presentOnes, simplified, termsOf, uniform } from "./mixing.js";
import { interval } from "./settings.js";

/** Settings of {@link localSgd}. */
export const localSgdSettings = z.strictObject({
  every: interval().default(16).describe("local steps between two means"),
  postLocal: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("share of the run, from its start, with a mean at every step"),
  state: z
    .enum(["mean", "own"])
    .default("mean")
    .describe("the optimizer's state: take its mean as well, or leave each learner its own"),
});
export type LocalSgdSettings = z.input<typeof localSgdSettings>;

/**
 * Learners that all take their mean every H steps.
 *
 * @throws InputError for a setting that is unknown or out of range.
 * @throws InputError when `postLocal` is given and `every` is no number of steps.
 * @example
 * localSgd({ every: 8, postLocal: 0.5 }).every; // 1
 */
export function localSgd(settings: LocalSgdSettings = {}): Coupling {
  const { every, postLocal, state } = parseSettings(localSgdSettings, settings, "local-sgd");
  if (postLocal > 0 && every === "epoch") {
    throw new InputError('local-sgd: postLocal needs a number of steps as every, found "epoch"');
  }
  /** With a first part, there is a round at every step, and not all of them are used. */
  const isDue = ({ number, total }: Round) => {
    if (postLocal === 0 || every === "epoch") return true;
    const after = number + 1 - Math.ceil(postLocal * total);
    return after <= 0 || after % every === 0;
  };
  return {
    name: "local-sgd",
    source: "Stich 2018, arXiv 1805.09767",
    needs: { scores: false, distances: false },
    every: postLocal > 0 ? 1 : every,
    deploys: "mean",
    movesState: state === "mean",
    move(round, self) {
      if (!isDue(round) || isAlone(round, self)) return stay(self);
      return simplified(termsOf("position", uniform(presentOnes(presence(round)))));
    },
  };
}
