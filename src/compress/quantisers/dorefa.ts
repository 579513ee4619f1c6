// Weights through a tanh, features cut off at 1 (Zhou et al. 2016, DoReFa-Net, arXiv 1606.06160). Weights come out between -1
// and 1 whatever they were, so a normalisation must stand behind each layer.

import {
  add,
  constant,
  div,
  max,
  mul,
  reshape,
  round,
  sub,
  tanh,
  type Value,
} from "../../graph/index.js";
import { clamp, largest, SMALLEST_SCALE } from "./grid.js";
import type { Quantiser } from "./quantiser.js";

/** Numbers from 0 to 1 as 2^bits of them. */
function share(x: Value, bits: number): Value {
  const most = constant(x.graph, 2 ** bits - 1);
  return div(round(mul(x, most)), most);
}

/**
 * 2 Q(tanh(w) / (2 max|tanh(w)|) + 1/2) - 1, where Q rounds to 2^bits numbers from 0 to 1.
 *
 * @example
 * const graph = new Graph();
 * graph.output("y", dorefaWeights(input(graph, "x", [3]), 2));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * const { y } = await program.run({ inputs: { x: Float32Array.of(-0.1, 0.02, 0.1) } });
 * [...y].map((value) => value.toFixed(3)); // ["-1.000", "0.333", "1.000"]
 */
export function dorefaWeights(x: Value, bits: number): Value {
  const number = (value: number) => constant(x.graph, value);
  const bent = tanh(x);
  const most = max(reshape(largest(bent), [1]), number(SMALLEST_SCALE));
  const half = add(div(bent, mul(most, number(2))), number(0.5));
  return sub(mul(share(half, bits), number(2)), number(1));
}

/**
 * Q(clamp(x, 0, 1)), where Q rounds to 2^bits numbers from 0 to 1.
 *
 * @example
 * const graph = new Graph();
 * graph.output("y", dorefaImages(input(graph, "x", [3]), 1));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(-3, 0.4, 1.8) } })).y]; // [0, 0, 1]
 */
export const dorefaImages = (x: Value, bits: number): Value => share(clamp(x, 0, 1), bits);

const about = { source: "Zhou et al. 2016, arXiv 1606.06160", bits: [2, 8] } as const;

export const dorefaWeightQuantiser: Quantiser = {
  name: "dorefa",
  ...about,
  quantise: (x, { bits }) => dorefaWeights(x, bits),
};

/** Of numbers that may be below 0 it takes those from -1 on, as many on both sides. */
export const dorefaImageQuantiser: Quantiser = {
  name: "dorefa",
  ...about,
  quantise(x, { bits, signed }) {
    if (!signed) return dorefaImages(x, bits);
    const most = constant(x.graph, 2 ** (bits - 1) - 1);
    return div(round(mul(clamp(x, -1, 1), most)), most);
  },
};
