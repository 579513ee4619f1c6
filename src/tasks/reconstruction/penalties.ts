// What keeps a code from being a mere copy.

import {
  add,
  constant,
  exp,
  gradients,
  log,
  mul,
  normal,
  reduceSum,
  sub,
  type Value,
} from "../../graph/index.js";
import { streamsOf } from "../../nn/index.js";

/** Keeps shares away from 0 and 1. */
const TINY = 1e-6;

/**
 * How far the units' mean activities over a batch are from `share`, sum over units of KL(share | mean), [] (Ng 2011, CS294A
 * lecture notes).
 *
 * @param code of units between 0 and 1 [n, units]
 */
export function activityDivergence(code: Value, share: number): Value {
  const { graph, shape } = code;
  const number = (value: number) => constant(graph, value);
  const mean = mul(reduceSum(code, [0]), number((1 - 2 * TINY) / shape[0]));
  const safe = add(mean, number(TINY));
  const on = mul(log(safe), number(-share));
  const off = mul(log(sub(number(1), safe)), number(share - 1));
  const own = share * Math.log(share) + (1 - share) * Math.log(1 - share);
  return reduceSum(add(add(on, off), number(own)));
}

/**
 * How much codes change with images: an estimate of the sum over units of |d h / d x|^2 of each image [n], by one random
 * direction of codes, whose mean over directions is that sum (Rifai, Vincent, Muller, Glorot and Bengio 2011, "Contractive
 * auto-encoders", ICML; the estimate: Hutchinson 1990). It works for any encoder, in time that does not grow with the units.
 *
 * @param along the directions [n, units]; default drawn
 */
export function contraction(
  code: Value,
  images: Value,
  along = normal(code.graph, code.shape, streamsOf(code.graph)),
): Value {
  const [slope] = gradients(reduceSum(mul(code, along)), [images]);
  return reduceSum(mul(slope, slope), [1, 2, 3]);
}

/**
 * The same sum in closed form for one layer of sigmoid units h = sigmoid(W x + b): sum over units of
 * (h (1 - h))^2 |W_j|^2, [n].
 *
 * @param weights [units, pixels]
 */
export function sigmoidContraction(code: Value, weights: Value): Value {
  const slope = mul(code, sub(constant(code.graph, 1), code));
  const lengths = reduceSum(mul(weights, weights), [1]);
  return reduceSum(mul(mul(slope, slope), lengths), [1]);
}

/** KL divergence of normal codes from standard normal ones, of each image [n] (Kingma and Welling 2014, appendix B). */
export function normalDivergence(means: Value, spreads: Value): Value {
  const { graph } = means;
  const one = constant(graph, 1);
  const sum = sub(add(mul(means, means), exp(spreads)), add(spreads, one));
  return mul(reduceSum(sum, [1]), constant(graph, 0.5));
}
