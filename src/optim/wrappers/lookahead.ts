// Lookahead (Zhang, Lucas, Hinton and Ba 2019, arXiv 1907.08610): slow weights follow the optimizer's fast
// ones every few steps by a share of the way, and the fast ones begin there anew.

import { add, mul, sub } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { endsCycle } from "../cycle.js";
import type { Hyper } from "../optimizer.js";
import type { Wrapper } from "./wrapper.js";

function meets(hyper: Hyper): boolean {
  const { slowEvery } = hyper;
  if (Number.isInteger(slowEvery) && slowEvery >= 1) return endsCycle(hyper, slowEvery);
  throw new InputError(`lookahead: slowEvery is ${slowEvery}; expected a whole number from 1 on`);
}

/**
 * Every `slowEvery` (5; the paper's k) steps, and at the end of an epoch, the weights go back to `slowRate` (0.5;
 * the paper's alpha) of the way that they came.
 */
export const lookahead: Wrapper = {
  name: "lookahead",
  source: "Zhang, Lucas, Hinton and Ba 2019, arXiv 1907.08610",
  defaults: { slowEvery: 5, slowRate: 0.5 },
  wrap: (base) => ({
    state: [...base.state, "lookahead.lag"],
    derived: {
      ...base.derived,
      back: (hyper) => (meets(hyper) ? 1 - hyper.slowRate : 0),
      apart: (hyper) => (meets(hyper) ? 0 : 1),
    },
    rule(input) {
      const { w, state } = base.rule(input);
      // The slow weights are kept as their offset from the fast ones: it begins with zeros, and whoever
      // moves the net from outside moves both.
      const lag = add(input.state["lookahead.lag"], sub(input.w, w));
      return {
        w: add(w, mul(input.hyper.back, lag)),
        state: { ...state, "lookahead.lag": mul(input.hyper.apart, lag) },
      };
    },
  }),
};
