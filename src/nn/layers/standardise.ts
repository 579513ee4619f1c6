// Zero mean and unit variance along some axes: the core of group and layer normalisation.

import { add, constant, div, mul, reduceSum, sqrt, sub, type Value } from "../../graph/index.js";

/** (x - mean) / sqrt(variance + eps), with the (biased) moments over `axes`. */
export function standardise(x: Value, axes: readonly number[], eps: number): Value {
  const count = axes.reduce((product, axis) => product * x.shape.at(axis)!, 1);
  const share = constant(x.graph, 1 / count);
  const centred = sub(x, mul(reduceSum(x, axes, true), share));
  const variance = mul(reduceSum(mul(centred, centred), axes, true), share);
  const deviation = sqrt(add(variance, constant(x.graph, eps)));
  return mul(centred, div(constant(x.graph, 1), deviation));
}
