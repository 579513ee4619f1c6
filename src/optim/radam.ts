// Rectified Adam (Liu et al. 2019, arXiv 1908.03265): as long as too few gradients were seen to know
// the variance of Adam's rate, momentum alone; then Adam, held back by how well it is known.

import { add, div, mul, select, sqrt, sub } from "../graph/index.js";
import { adamDefaults, adamMoments } from "./adam.js";
import { regularised } from "./decay.js";
import type { FirstOrder, Hyper } from "./optimizer.js";

/** Length of the simple moving average that the second moment stands for; from this on it is known. */
const KNOWN = 5;

const longest = (beta2: number) => 2 / (1 - beta2) - 1;

/** Length at a step. */
function lengthAt({ step, beta2 }: Hyper): number {
  const power = beta2 ** step;
  return longest(beta2) - (2 * step * power) / (1 - power);
}

/** Factor of Adam's rate, from 0 towards 1. */
function rectification(hyper: Hyper): number {
  const [now, end] = [lengthAt(hyper), longest(hyper.beta2)];
  if (now <= KNOWN) return 1;
  return Math.sqrt(((now - 4) * (now - 2) * end) / ((end - 4) * (end - 2) * now));
}

/** Momentum at first, then rectified Adam. Defaults {@link adamDefaults}. */
export const radam: FirstOrder = {
  name: "radam",
  source: "Liu et al. 2019, arXiv 1908.03265",
  state: ["first", "second"],
  defaults: adamDefaults,
  rate: 0.001,
  derived: { known: (hyper) => Number(lengthAt(hyper) > KNOWN), rectification },
  rule(input) {
    const { w, hyper } = input;
    const { first, second, rate, unbias } = adamMoments(regularised(input), input);
    const momentum = mul(rate, first);
    const root = add(mul(sqrt(second), unbias), hyper.eps);
    const change = select(hyper.known, div(mul(hyper.rectification, momentum), root), momentum);
    return { w: sub(w, change), state: { first, second } };
  },
};
