// One cycle (Smith 2018, arXiv 1803.09820): the learning rate warms up from a small value to its
// largest, then falls to next to nothing. Linear up as in the paper; down along a cosine, as fastai
// and PyTorch have it. The base learning rate is the largest one.

import type { Schedule } from "./schedule.js";

/** Share of the run that warms up. */
const WARM_UP = 0.3;
/** Factors at the first step and at the end. */
const START = 1 / 25;
const END = 1e-4;

/** From 0.04 up to 1 in 30 % of the steps, then down to 0.0001. */
export const oneCycle: Schedule = {
  name: "one-cycle",
  source: "Smith 2018, arXiv 1803.09820",
  factor({ step, total }) {
    const done = step / total;
    if (done < WARM_UP) return START + (1 - START) * (done / WARM_UP);
    const fallen = (done - WARM_UP) / (1 - WARM_UP);
    return END + ((1 - END) * (1 + Math.cos(Math.PI * fallen))) / 2;
  },
};
