// Whole numbers with a zero of their own, from the least to the largest number that there is: what integer kernels take
// (Jacob et al. 2017, arXiv 1712.05877).

import {
  constant,
  div,
  max,
  min,
  neg,
  reduceMax,
  reshape,
  round,
  stopGradient,
  sub,
  type Value,
} from "../../graph/index.js";
import { asScale, clamp, onGrid } from "./grid.js";
import type { Quantiser } from "./quantiser.js";

/**
 * Numbers of a range as 2^bits at equal distances, of which one is 0: s = (high - low) / (2^b - 1),
 * z = round(-low / s), s (clamp(round(x / s) + z, 0, 2^b - 1) - z). The range is widened to hold 0. The gradient is 1 inside
 * the range and 0 outside; none flows to the range.
 *
 * @param range least and largest number, of a shape that broadcasts
 * @example
 * const graph = new Graph();
 * const range = { low: constant(graph, -1), high: constant(graph, 2) };
 * graph.output("y", affine(input(graph, "x", [3]), range, 2));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-3, 0.4, 1.8) } })).y]; // [-1, 0, 2]
 */
export function affine(
  x: Value,
  range: { readonly low: Value; readonly high: Value },
  bits: number,
): Value {
  const zeroOf = constant(x.graph, 0);
  const [low, high] = [min(range.low, zeroOf), max(range.high, zeroOf)];
  const most = 2 ** bits - 1;
  const scale = asScale(sub(high, low), 1 / most);
  const zero = stopGradient(clamp(round(neg(div(low, scale))), 0, most));
  return onGrid(x, { scale, zero, low: 0, high: most });
}

/** Affine, by the range of the weights, and by the mean range of batches of images. */
export const affineQuantiser: Quantiser = {
  name: "affine",
  source: "Jacob et al. 2017, arXiv 1712.05877",
  bits: [2, 8],
  statistics: {
    low: { kind: "statistic", first: (mean, { signed }) => (signed ? -4 * mean : 0) },
    high: { kind: "statistic", first: (mean) => 4 * mean },
  },
  quantise(x, { bits, observe }) {
    const one = (value: Value) => reshape(value, [1]);
    const high = observe("high", () => one(reduceMax(x)));
    const low = observe("low", () => one(neg(reduceMax(neg(x)))));
    return affine(x, { low, high }, bits);
  },
};
