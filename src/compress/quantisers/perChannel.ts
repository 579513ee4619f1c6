// Symmetric whole numbers with a scale for each output of a layer, so that a channel of small weights loses nothing to one
// of large ones (Krishnamoorthi 2018, arXiv 1806.08342).

import type { Value } from "../../graph/index.js";
import { largest } from "./grid.js";
import type { Quantiser } from "./quantiser.js";
import { symmetric } from "./symmetric.js";

/**
 * As {@link symmetric}, signed, each slice along an axis by its own largest number.
 *
 * @example
 * const graph = new Graph();
 * graph.output("y", perChannel(input(graph, "x", [2, 2]), 0, 2));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ inputs: { x: Float32Array.of(1, 0.4, 5, 2) } })).y]; // [1, 0, 5, 0]
 */
export const perChannel = (x: Value, axis: number, bits: number): Value =>
  symmetric(x, largest(x, axis), { bits, signed: true });

/** Of weights alone: what is read along the channels of images belongs to no single output. */
export const perChannelQuantiser: Quantiser = {
  name: "per-channel",
  source: "Krishnamoorthi 2018, arXiv 1806.08342",
  bits: [2, 8],
  quantise: (x, { axis = 0, bits }) => perChannel(x, axis, bits),
};
