// Dropout (Srivastava et al. 2014, JMLR 15), inverted: what is kept is scaled up in training, so that
// inference is the identity.

import { constant, mul, step, sub, uniform } from "../../graph/index.js";
import type { Layer } from "../scope.js";

/**
 * Zeros each element with probability `rate` in training and divides the rest by 1 - rate; the identity
 * otherwise. A program with it needs a key for its random numbers in every run.
 *
 * @throws RangeError when the rate is not in [0, 1).
 * @example
 * const ops = (training: boolean) =>
 *   build(dropout(0.5), [8, 16], { training }).graph.nodes.map(({ op }) => op.name);
 * ops(true).includes("uniform"); // true
 * ops(false); // ["input"]
 */
export function dropout(rate: number): Layer {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`dropout: expected a rate in [0, 1), found ${rate}`);
  }
  const keep = 1 - rate;
  return (x, scope) => {
    if (!scope.training || rate === 0) return x;
    const draws = uniform(x.graph, x.shape, scope.stream());
    const kept = step(sub(constant(x.graph, keep), draws));
    return mul(x, mul(kept, constant(x.graph, 1 / keep)));
  };
}
