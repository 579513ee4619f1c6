// Steps that are learned, of weights and of images (Esser et al. 2019, LSQ, arXiv 1902.08153).

import {
  add,
  constant,
  div,
  mul,
  round,
  stopGradient,
  sub,
  type Value,
} from "../../graph/index.js";
import { sizeOf } from "../../tensor/shape.js";
import { clamp, positive, wholeRange } from "./grid.js";
import type { Quantiser, Width } from "./quantiser.js";

/**
 * A parameter as it is, with 1 / sqrt(count * Qp) of its gradient, so that it moves as fast, beside its size, as the `count`
 * numbers of x do.
 */
export function scaleGradient(param: Value, x: Value, bits: number, signed = true): Value {
  const { high } = wholeRange({ bits, signed });
  const share = constant(param.graph, 1 / Math.sqrt(sizeOf(x.shape) * high));
  const fixed = stopGradient(param);
  return add(fixed, mul(sub(param, fixed), share));
}

/**
 * round(clamp(x / s, -Qn, Qp)) s with a learned s. To x flows 1 inside and 0 outside; to s flows round(x / s) - x / s inside,
 * -Qn or Qp outside. Qn, Qp are 2^(b-1), 2^(b-1) - 1, or 0, 2^b - 1 of what is never below 0.
 *
 * @param step s; its size counts
 * @example
 * const graph = new Graph();
 * graph.output("y", lsq(input(graph, "x", [3]), constant(graph, 0.5), { bits: 2, signed: true }));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-3, 0.3, 1.8) } })).y]; // [-1, 0.5, 0.5]
 */
export function lsq(x: Value, step: Value, width: Width): Value {
  const { low, high } = wholeRange(width);
  const size = positive(step);
  return mul(round(clamp(div(x, size), low, high)), size);
}

/** The step starts at 2 mean|v| / sqrt(Qp), and learns by a share of its gradient. */
export const lsqQuantiser: Quantiser = {
  name: "lsq",
  source: "Esser et al. 2019, arXiv 1902.08153",
  bits: [2, 8],
  params: {
    step: {
      kind: "scale",
      first: (mean, width) => (2 * mean) / Math.sqrt(wholeRange(width).high) || 1,
    },
  },
  quantise: (x, { params: { step }, bits, signed }) =>
    lsq(x, scaleGradient(step, x, bits, signed), { bits, signed }),
};
