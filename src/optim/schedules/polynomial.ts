// A power of what is left of the run, as large-batch training with LARS has it (You, Gitman and Ginsburg
// 2017, arXiv 1708.03888): falls fast at first and ends at zero.

import type { Schedule } from "./schedule.js";

const POWER = 2;

/** (1 - step / total)^2. */
export const polynomial: Schedule = {
  name: "polynomial",
  source: "You, Gitman and Ginsburg 2017, arXiv 1708.03888",
  factor: ({ step, total }) => (1 - step / total) ** POWER,
};
