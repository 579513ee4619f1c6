// Gradient clipping: what a single bad batch may do is bounded.

import type { Value } from "../../graph/index.js";
import { constant, div, max, min, mul, neg } from "../../graph/index.js";
import type { RuleInput } from "../optimizer.js";
import type { Wrapper } from "./wrapper.js";

/** Another gradient for the optimizer inside. */
const clipping = (clip: (input: RuleInput) => Value): Wrapper["wrap"] => {
  return (base) => ({ rule: (input) => base.rule({ ...input, grad: clip(input) }) });
};

/** Each element of the gradient lies between -`clipValue` and `clipValue` (1). */
export const clipValue: Wrapper = {
  name: "clip-value",
  source: "Mikolov 2012, Statistical Language Models Based on Neural Networks (thesis)",
  defaults: { clipValue: 1 },
  wrap: clipping(({ grad, hyper }) => max(min(grad, hyper.clipValue), neg(hyper.clipValue))),
};

/** The whole gradient is at most `clipNorm` (1) long. */
export const clipNorm: Wrapper = {
  name: "clip-norm",
  source: "Pascanu, Mikolov and Bengio 2012, arXiv 1211.5063",
  defaults: { clipNorm: 1 },
  wrap: clipping(({ grad, hyper, norm }) => {
    const length = max(norm.all(grad), constant(grad.graph, 1e-12));
    return mul(grad, min(div(hyper.clipNorm, length), constant(grad.graph, 1)));
  }),
};

/**
 * The gradient of each unit is at most `agcRatio` (0.01) as long as its weights, and these count as at least
 * `agcFloor` (0.001) long. The paper leaves the last layer out; here all are treated alike.
 */
export const adaptiveClip: Wrapper = {
  name: "agc",
  source: "Brock, De, Smith and Simonyan 2021, arXiv 2102.06171",
  defaults: { agcRatio: 0.01, agcFloor: 0.001 },
  wrap: clipping(({ w, grad, hyper, norm }) => {
    const longest = mul(hyper.agcRatio, max(norm.unit(w), hyper.agcFloor));
    const length = max(norm.unit(grad), constant(grad.graph, 1e-12));
    return mul(grad, min(div(longest, length), constant(grad.graph, 1)));
  }),
};
