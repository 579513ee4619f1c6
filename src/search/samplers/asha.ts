// ASHA, asynchronous successive halving: whoever is among the best 1 / eta of its rung goes on to the next, whenever
// somebody is free (Li et al. 2020, "A system for massively parallel hyperparameter tuning", arXiv 1810.05934).

import { freshSettings } from "../fresh.js";
import { levelsOf, promotion, resourceOf, rungOptions, runs } from "../rungs.js";
import { begun, hasEnded, sampler } from "../search.js";

export const asha = sampler({
  name: "asha",
  description: "asynchronous successive halving",
  source: "Li et al. 2020, arXiv 1810.05934",
  stages: true,
  options: rungOptions,
  next(asked, { eta, proposals: how }) {
    const { told, trials } = asked;
    const levels = levelsOf(resourceOf(asked), eta);
    const full = begun(told) >= trials;
    const running = runs(told);
    // From the top: who is nearest to its end goes first.
    for (let rung = levels.length - 2; rung >= 0; rung--) {
      const here = [...told.keys()].filter(
        (at) => told[at].until === levels[rung] && hasEnded(told[at]),
      );
      // When nothing else is left the best one goes on to the end: a search ends with one trial in full.
      const least = full && !running ? 1 : 0;
      const share = Math.max(least, Math.floor(here.length / eta));
      const next = promotion(told, here, share, levels[rung + 1]);
      if (next) return next;
    }
    if (!full) return { settings: freshSettings(asked, how), until: levels[0] };
    return running ? "wait" : "done";
  },
});
