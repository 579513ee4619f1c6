// Powers of two and 0, so that a product is a shift (Zhou et al. 2017, INQ, arXiv 1702.03044).

import {
  constant,
  div,
  log,
  max,
  mul,
  pow,
  reshape,
  round,
  step,
  stopGradient,
  sub,
  type Value,
} from "../../graph/index.js";
import { largest, SMALLEST_SCALE } from "./grid.js";
import { onLevels } from "./levels.js";
import type { Quantiser } from "./quantiser.js";

/** 0 and the powers 2^-k, k from 2^(bits-1) - 2 down to 0. */
export const powersOfTwo = (bits: number): readonly number[] => {
  const count = 2 ** (bits - 1) - 1;
  return [0, ...Array.from({ length: count }, (_, at) => 2 ** (at + 1 - count))];
};

/** The largest whole number that is not above x. */
function floor(x: Value): Value {
  const nearest = round(x);
  return sub(nearest, step(sub(nearest, x)));
}

/**
 * The nearest of the numbers 0 and +-2^(n - k), k from 0 to 2^(b-1) - 2, where 2^n is the power of two that is nearest to
 * the largest |x|: n = floor(log2(4/3 most)).
 *
 * @param most largest |x|
 * @example
 * const graph = new Graph();
 * graph.output("y", powerOfTwo(input(graph, "x", [3]), constant(graph, 0.9), 3));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-0.9, 0.4, 0.1) } })).y]; // [-1, 0.5, 0]
 */
export function powerOfTwo(x: Value, most: Value, bits: number): Value {
  const number = (value: number) => constant(x.graph, value);
  const scaled = mul(max(most, number(SMALLEST_SCALE)), number(4 / 3));
  const exponent = floor(mul(log(scaled), number(Math.LOG2E)));
  const unit = stopGradient(pow(number(2), exponent));
  return mul(onLevels(div(x, unit), powersOfTwo(bits)), unit);
}

/** Of weights alone, by the largest of them. */
export const powerOfTwoQuantiser: Quantiser = {
  name: "power-of-two",
  source: "Zhou et al. 2017, arXiv 1702.03044",
  bits: [2, 6],
  quantise: (x, { bits }) => powerOfTwo(x, reshape(largest(x), [1]), bits),
};
