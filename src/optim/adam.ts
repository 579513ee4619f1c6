// Adam (Kingma and Ba 2014, arXiv 1412.6980), weight decay being L2 regularisation.

import { add, constant, div, mul, pow, sqrt, sub, type Value } from "../graph/index.js";
import { regularised } from "./decay.js";
import type { FirstOrder, RuleInput } from "./optimizer.js";

/** The numbers of Adam and their published defaults. */
export const adamDefaults = { beta1: 0.9, beta2: 0.999, eps: 1e-8 };

/** A running mean: old * beta + now * (1 - beta). */
export function average(old: Value, now: Value, beta: Value): Value {
  return add(mul(beta, old), mul(sub(constant(beta.graph, 1), beta), now));
}

/**
 * Adam's two moments, and what corrects them for their start at zero: the first is to be divided by
 * `grown` (`rate` is lr divided by it), the root of the second multiplied by `unbias`. What is the same
 * for all weights is worked out once, on scalars.
 */
export function adamMoments(grad: Value, { state, hyper }: RuleInput) {
  const { lr, step, beta1, beta2 } = hyper;
  const one = constant(grad.graph, 1);
  const first = average(state.first, grad, beta1);
  const second = average(state.second, mul(grad, grad), beta2);
  const grown = sub(one, pow(beta1, step));
  const unbias = div(one, sqrt(sub(one, pow(beta2, step))));
  return { first, second, grown, rate: div(lr, grown), unbias };
}

/** The change to subtract from the weights, lr m / (sqrt(v) + eps), and the new moments. */
export function adamChange(grad: Value, input: RuleInput) {
  const { first, second, rate, unbias } = adamMoments(grad, input);
  const change = div(mul(rate, first), add(mul(sqrt(second), unbias), input.hyper.eps));
  return { change, state: { first, second } };
}

/**
 * Each weight moves by lr times the mean of its gradients over their root mean square, both running.
 * Defaults: {@link adamDefaults}.
 */
export const adam: FirstOrder = {
  name: "adam",
  source: "Kingma and Ba 2014, arXiv 1412.6980",
  state: ["first", "second"],
  defaults: adamDefaults,
  rate: 0.001,
  rule(input) {
    const { change, state } = adamChange(regularised(input), input);
    return { w: sub(input.w, change), state };
  },
};
