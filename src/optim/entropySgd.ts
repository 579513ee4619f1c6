// Entropy-SGD (Chaudhari et al. 2016, arXiv 1611.01838), the update of the authors' code.
//
// The anchor (the net) rests while a chain of inner steps wanders around it, on the gradient, held back
// by a spring and shaken by noise (Langevin dynamics). Then the anchor moves to where the chain was on
// average: the wider the valley, the less it is pulled aside. One training step is one inner step, so
// that an epoch costs what it costs every optimizer; the phases of a chain are numbers of a step. A
// chain ends with its epoch: the net that is evaluated, saved or moved by a swarm is an anchor.

import { add, constant, mul, neg, select, sub } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { type CyclePosition, positionOf } from "./cycle.js";
import { regularised } from "./decay.js";
import type { FirstOrder, Hyper } from "./optimizer.js";

/** Where a step stands among the chains. */
function chainPosition(hyper: Hyper): CyclePosition {
  const { chain } = hyper;
  if (Number.isInteger(chain) && chain >= 0) return positionOf(hyper, Math.max(chain, 1));
  throw new InputError(`entropy-sgd: chain is ${chain}; expected a whole number from 0 on`);
}

/** Std of the noise in the gradient's units: eps / sqrt(rate / 2). */
function agitation({ noise, innerRate }: Hyper): number {
  if (innerRate > 0) return noise / Math.sqrt(innerRate / 2);
  throw new InputError(`entropy-sgd: innerRate is ${innerRate}; expected a number above 0`);
}

export const entropySgd: FirstOrder = {
  name: "entropy-sgd",
  source: "Chaudhari, Choromanska, Soatto, LeCun et al. 2016, arXiv 1611.01838",
  state: ["offset", "drift", "innerVelocity", "velocity"],
  placed: true,
  defaults: {
    // Inner steps between two moves of the anchor; 0 for none, which is Nesterov's method.
    chain: 20,
    innerRate: 0.1,
    innerMomentum: 0.9,
    // Share of the past in the running mean of the chain.
    alpha: 0.75,
    noise: 1e-4,
    // The spring's strength: gamma0 (1 + gamma1)^t after t moves of the anchor.
    gamma0: 0.03,
    gamma1: 1e-3,
    // Of the anchor.
    momentum: 0.9,
  },
  derived: {
    first: (hyper) => Number(chainPosition(hyper).at === 0),
    last: (hyper) => Number(chainPosition(hyper).at === chainPosition(hyper).length - 1),
    chained: ({ chain }) => Number(chain > 0),
    spring: (hyper) => hyper.gamma0 * (1 + hyper.gamma1) ** chainPosition(hyper).cycle,
    agitation,
  },
  rule(input) {
    const { w, grad, state, hyper, noise } = input;
    const { first, last, chained, spring, lr, momentum, innerMomentum, innerRate, alpha } = hyper;
    const { graph } = w;
    const fresh = (value: typeof w) => select(first, constant(graph, 0), value);
    // The chain is kept as its offset from the anchor: that saves the digits of small moves, and
    // whoever moves the net from outside moves both.
    const offset = fresh(state.offset);
    const anchor = sub(w, offset);
    const slope = regularised(input);
    const innerVelocity = add(mul(innerMomentum, fresh(state.innerVelocity)), slope);
    const ahead = add(slope, mul(innerMomentum, innerVelocity));
    const force = add(add(ahead, mul(spring, offset)), mul(hyper.agitation, noise()));
    const moved = sub(offset, mul(innerRate, force));
    const rest = sub(constant(graph, 1), alpha);
    const drift = add(mul(alpha, fresh(state.drift)), mul(rest, moved));

    // The anchor follows the mean of the chain as if that were a gradient.
    const descent = select(chained, neg(drift), grad);
    const outerSlope = regularised({ ...input, w: anchor, grad: descent });
    const velocity = add(mul(momentum, state.velocity), outerSlope);
    const next = sub(anchor, mul(lr, add(outerSlope, mul(momentum, velocity))));
    return {
      w: select(last, next, add(anchor, moved)),
      state: {
        offset: moved,
        drift,
        innerVelocity,
        velocity: select(last, velocity, state.velocity),
      },
    };
  },
};
