// The mean of a net's path stands for the net, while training goes on beside it: an average lies nearer
// the middle of a valley than any point of a path that bounces between its sides.

import { add, mul, sub } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import type { Hyper } from "../optimizer.js";
import type { Wrapper } from "./wrapper.js";

/** A running mean: `keep` is the share of the old mean when a step's point enters it. */
const averaging = (keep: (hyper: Hyper) => number): Wrapper["wrap"] => {
  return (base) => {
    if (base.deploys) throw new InputError(`${base.name} is an average already; one is enough`);
    return {
      state: [...base.state, "average.lag"],
      derived: { ...base.derived, keep },
      deploys: "average.lag",
      rule(input) {
        const { w, state } = base.rule(input);
        // Kept as its offset from the net: zeros are a mean that is the net.
        const lag = mul(input.hyper.keep, add(input.state["average.lag"], sub(input.w, w)));
        return { w, state: { ...state, "average.lag": lag } };
      },
    };
  };
};

/** A share from 0, below 1. */
function share(owner: string, name: string, value: number): number {
  if (value >= 0 && value < 1) return value;
  throw new InputError(`${owner}: ${name} is ${value}; expected a number from 0, below 1`);
}

/**
 * A mean that forgets: a point loses the share 1 - `emaBeta` (0.999) of its weight with each step. Until
 * 1 / (1 - emaBeta) steps are done it is their plain mean, so that the start does not weigh on it.
 */
export const ema: Wrapper = {
  name: "ema",
  source: "Polyak and Juditsky 1992, doi 10.1137/0330046",
  defaults: { emaBeta: 0.999 },
  wrap: averaging(({ step, emaBeta }) => Math.min(share("ema", "emaBeta", emaBeta), 1 - 1 / step)),
};

/** The plain mean of the steps' points from the share `swaStart` (0.75) of the run on; before, the net itself. */
export const swa: Wrapper = {
  name: "swa",
  source: "Izmailov et al. 2018, arXiv 1803.05407",
  defaults: { swaStart: 0.75 },
  wrap: averaging(({ step, totalSteps, swaStart }) => {
    const before = Math.floor(share("swa", "swaStart", swaStart) * totalSteps);
    return step > before ? 1 - 1 / (step - before) : 0;
  }),
};
