// A tenth of the learning rate whenever the loss on the selection set has not fallen for some epochs:
// the oldest of schedules, done by hand before it had a name (Krizhevsky, Sutskever and Hinton 2012, NIPS).

import type { Schedule } from "./schedule.js";

/** Epochs without a smaller loss that are waited for. */
const PATIENCE = 3;
/** A loss counts as smaller below this share of the smallest one. */
const SMALLER = 0.9999;

/** 0.1 to the power of how often the loss stood still for three epochs in a row. */
export const plateau: Schedule = {
  name: "plateau",
  source: "Krizhevsky, Sutskever and Hinton 2012 (NIPS)",
  factor({ losses = [] }) {
    let [least, waited, falls] = [Number.POSITIVE_INFINITY, 0, 0];
    for (const loss of losses) {
      const better = loss < SMALLER * least;
      waited = better ? 0 : waited + 1;
      if (better) least = loss;
      if (waited < PATIENCE) continue;
      waited = 0;
      falls++;
    }
    return 0.1 ** falls;
  },
};
