// A growing batch in place of a falling learning rate (Smith, Kindermans, Ying and Le 2017, arXiv 1711.00489):
// the noise of a step falls with lr / batch, so the schedule may as well make batches larger. Same
// curve, fewer updates.

import { add, constant, div, mul, select, sub } from "../../graph/index.js";
import { InputError } from "../../inputError.js";
import { endsCycle, positionOf } from "../cycle.js";
import type { Hyper } from "../optimizer.js";
import type { Wrapper } from "./wrapper.js";

/** Batches that an update is made of: what the schedule would divide the learning rate by, if not too many. */
function batches({ factor, growMost }: Hyper): number {
  if (!(Number.isInteger(growMost) && growMost >= 1)) {
    throw new InputError(`grow: growMost is ${growMost}; expected a whole number from 1 on`);
  }
  return Math.max(1, Math.min(growMost, Math.round(1 / factor)));
}

/** How to have both, for the optimizers that can be turned round. */
function advice(name: string): string {
  const [, outer, inner] = /^([^(]+)\((.*)\)$/.exec(name) ?? [];
  return outer ? `write ${outer}(grow(${inner}))` : "take another optimizer";
}

/**
 * Wherever the schedule would divide the learning rate by n, from the next epoch on an update is made of n
 * batches, their mean gradient, up to `growMost` (16); what is more than that still lowers the rate.
 */
export const grow: Wrapper = {
  name: "grow",
  source: "Smith, Kindermans, Ying and Le 2017, arXiv 1711.00489",
  defaults: { growMost: 16 },
  wrap(base) {
    if (base.derived) {
      throw new InputError(
        `grow(${base.name}): it counts steps, and these are batches; ${advice(base.name)}`,
      );
    }
    const state = [...base.state, "grow.mean"];
    return {
      state,
      derived: {
        updates: (hyper) => Number(endsCycle(hyper, batches(hyper))),
        begins: (hyper) => Number(positionOf(hyper, batches(hyper)).at === 0),
        gathered: (hyper) => positionOf(hyper, batches(hyper)).at + 1,
        growth: batches,
      },
      rule(input) {
        const { w, grad, hyper } = input;
        const { updates, begins, gathered, growth, lr } = hyper;
        const none = constant(w.graph, 0);
        const old = select(begins, none, input.state["grow.mean"]);
        const mean = add(old, div(sub(grad, old), gathered));
        const next = base.rule({ ...input, grad: mean, hyper: { ...hyper, lr: mul(lr, growth) } });
        const kept = base.state.map((name) => [
          name,
          select(updates, next.state[name], input.state[name]),
        ]);
        return {
          w: select(updates, next.w, w),
          state: { ...Object.fromEntries(kept), "grow.mean": mean },
        };
      },
    };
  },
};
