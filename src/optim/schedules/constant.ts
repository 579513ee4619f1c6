// The same learning rate throughout.

import type { Schedule } from "./schedule.js";

/** Factor 1 at every step. */
export const constant: Schedule = {
  name: "constant",
  source: "Robbins and Monro 1951, doi 10.1214/aoms/1177729586",
  factor: () => 1,
};
