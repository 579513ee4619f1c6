// Rounding up as often as a number is nearer to the one above, so that the mean is right (Gupta et al. 2015, arXiv
// 1502.02551).

import {
  add,
  constant,
  div,
  mul,
  reshape,
  round,
  stopGradient,
  sub,
  uniform,
  type Value,
} from "../../graph/index.js";
import { asScale, clamp, largest, wholeRange } from "./grid.js";
import type { Quantiser } from "./quantiser.js";
import { symmetric } from "./symmetric.js";

/**
 * Numbers as whole multiples of s = most / (2^(b-1) - 1), of the two nearest ones at random so that the mean is the number.
 * A program with it needs a key for its random numbers.
 *
 * @param most largest |x|
 * @param stream of random numbers
 * @example
 * const graph = new Graph();
 * const x = expand(constant(graph, 0.3), [1000]);
 * graph.output("y", stochastic(x, constant(graph, 1), 2, 0));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const { y } = await program.run({ key: { seed: 1, purpose: "noise" } });
 * ([...y].reduce((sum, value) => sum + value) / 1000).toFixed(1); // "0.3"
 */
export function stochastic(x: Value, most: Value, bits: number, stream: number): Value {
  const { low, high } = wholeRange({ bits, signed: true });
  const scale = asScale(most, 1 / high);
  // The nearest to x + u - 1/2 is the one below x + u.
  const noise = sub(uniform(x.graph, x.shape, stream), constant(x.graph, 0.5));
  const places = round(add(div(x, scale), stopGradient(noise)));
  return mul(clamp(places, low, high), scale);
}

/** Of weights alone; in evaluation to the nearest. */
export const stochasticQuantiser: Quantiser = {
  name: "stochastic",
  source: "Gupta et al. 2015, arXiv 1502.02551",
  bits: [2, 8],
  quantise(x, { bits, stream }) {
    const most = reshape(largest(x), [1]);
    return stream
      ? stochastic(x, most, bits, stream())
      : symmetric(x, most, { bits, signed: true });
  },
};
