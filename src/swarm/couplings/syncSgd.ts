// Synchronous data-parallel SGD (all-reduce): the baseline of gossip and local SGD. Goyal et al. 2017,
// arXiv 1706.02677.
//
// It is local SGD with a mean at every step, of the optimizer's state too. That is the mean gradient
// exactly wherever new weights and state are linear in the gradient (SGD, momentum, Nesterov): all
// learners stand at the same point, and the mean of their steps is the step of their mean gradient.
// Adam squares its gradients; there the mean of the squares is not the square of the mean.

import { z } from "zod";
import { parseSettings } from "../../train/index.js";
import type { Coupling } from "../coupling.js";
import { localSgd } from "./localSgd.js";

/** None. */
export const syncSgdSettings = z.strictObject({});

/** Learners that are one net with a batch as large as all of theirs together. */
export function syncSgd(settings: z.input<typeof syncSgdSettings> = {}): Coupling {
  parseSettings(syncSgdSettings, settings, "sync-sgd");
  return {
    ...localSgd({ every: 1 }),
    name: "sync-sgd",
    source: "Goyal et al. 2017, arXiv 1706.02677",
  };
}
