// Whole numbers on both sides of 0, one scale for all: the largest number decides (as in HAWQ, Yao et al. 2020, arXiv
// 2011.10680).

import { reshape, type Value } from "../../graph/index.js";
import { asScale, largest, onGrid, wholeRange } from "./grid.js";
import type { Quantiser, Width } from "./quantiser.js";

/**
 * Numbers as whole multiples of s = most / (2^(b-1) - 1), from -2^(b-1) on; of numbers that are never below 0 those from 0
 * to 2^b - 1 of s = most / (2^b - 1). The gradient is 1 inside and 0 outside; none flows to `most`.
 *
 * @param most largest |x|, of a shape that broadcasts: one for each channel, say
 * @example
 * const graph = new Graph();
 * graph.output("y", symmetric(input(graph, "x", [3]), constant(graph, 3), { bits: 3, signed: true }));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-9, 0.4, 1.8) } })).y]; // [-4, 0, 2]
 */
export function symmetric(x: Value, most: Value, width: Width): Value {
  const { low, high } = wholeRange(width);
  return onGrid(x, { scale: asScale(most, 1 / high), low, high });
}

/** Symmetric, by the largest weight, and by the mean largest number of batches of images. */
export const symmetricQuantiser: Quantiser = {
  name: "symmetric",
  source: "Yao et al. 2020, arXiv 2011.10680",
  bits: [2, 8],
  statistics: { most: { kind: "statistic", first: (mean) => 4 * mean } },
  quantise: (x, site) =>
    symmetric(
      x,
      site.observe("most", () => reshape(largest(x), [1])),
      site,
    ),
};
