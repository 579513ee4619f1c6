// A tenth of the learning rate after half of the steps, and again after three quarters: the schedule
// of He et al. 2015 for CIFAR (arXiv 1512.03385: 32,000 and 48,000 of 64,000 iterations).

import type { Schedule } from "./schedule.js";

/** Shares of the run after which the learning rate falls. */
const milestones = [0.5, 0.75];

/** Factor 1, 0.1 from half of the steps on, 0.01 from three quarters on. */
export const step: Schedule = {
  name: "step",
  source: "He et al. 2015, arXiv 1512.03385",
  factor: (progress) =>
    0.1 ** milestones.filter((share) => progress.step >= share * progress.total).length,
};
