// Half a cosine from the full learning rate to zero, without restarts (Loshchilov and Hutter 2016,
// arXiv 1608.03983).

import type { Schedule } from "./schedule.js";

/** (1 + cos(pi step / total)) / 2. */
export const cosine: Schedule = {
  name: "cosine",
  source: "Loshchilov and Hutter 2016, arXiv 1608.03983",
  factor: ({ step, total }) => (1 + Math.cos((Math.PI * step) / total)) / 2,
};
