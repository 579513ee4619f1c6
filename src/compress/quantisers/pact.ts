// Features cut off where the net learns to cut them off (Choi et al. 2018, PACT, arXiv 1805.06085).

import { constant, div, max, min, neg, stopGradient, type Value } from "../../graph/index.js";
import { onGrid, positive, wholeRange } from "./grid.js";
import type { Quantiser, Width } from "./quantiser.js";

/**
 * clamp(x, 0, alpha) as 2^bits numbers at equal distances; what may be below 0 from -alpha on. What lies at or above alpha
 * tells alpha its gradient; what lies inside passes its own.
 *
 * @param alpha its size counts
 * @example
 * const graph = new Graph();
 * graph.output("y", pact(input(graph, "x", [3]), constant(graph, 3), { bits: 2, signed: false }));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-3, 0.6, 9) } })).y]; // [0, 1, 3]
 */
export function pact(x: Value, alpha: Value, width: Width): Value {
  const { low, high } = wholeRange(width);
  const size = positive(alpha);
  const cut = max(min(size, x), width.signed ? neg(size) : constant(x.graph, 0));
  const scale = stopGradient(div(size, constant(x.graph, high)));
  return onGrid(cut, { scale, low, high });
}

/** Of images. alpha is a weight, which decays as the authors ask. */
export const pactQuantiser: Quantiser = {
  name: "pact",
  source: "Choi et al. 2018, arXiv 1805.06085",
  bits: [2, 8],
  params: { alpha: { kind: "weight", first: () => 8 } },
  quantise: (x, { params: { alpha }, ...width }) => pact(x, alpha, width),
};
