// The numbers that a net's weights count as: behind masks and quantisers these are few, and a file of them is small.

import { interpret } from "../engine/reference/interpret.js";
import { WEIGHTS } from "../graph/index.js";
import { constantNodes, liveNodes, nodesOfVectors, rewrite } from "../graph/rewrite.js";
import type { Net } from "../nn/index.js";
import { sizeOf } from "../tensor/shape.js";
import { gridsOf, onGrids } from "./grids.js";
import { quantisableLayers } from "./places.js";

/** How far a weight may lie from what it counts as, in parts of the largest one: engines round in f32. */
const NEAR = 1e-5;

/** What the weights of layers are behind all that is made of them alone, by the names of parameters of as many numbers. */
function effective(net: Net, w: Float32Array): Map<string, Float32Array> {
  const fixed = nodesOfVectors(net.graph, [WEIGHTS]);
  const free = constantNodes(net.graph);
  const layers = quantisableLayers(net).filter(
    ({ node, weights }) => sizeOf(node.inputs[1].shape) === sizeOf(net.params.get(weights)!.shape),
  );
  const { graph, image } = rewrite(
    net.graph,
    (node) => (fixed.has(node) || free.has(node) ? undefined : []),
    layers.map(({ node }) => node.inputs[1]),
  );
  // Weights that several nodes use count as the same for all of them.
  const each = new Map(layers.map(({ weights, node }) => [weights, node.inputs[1]]));
  for (const [name, value] of each) graph.output(name, image(value));
  const found = interpret(graph, { vectors: { [WEIGHTS]: Float64Array.from(w) } });
  // A 0 below 0 is 0.
  return new Map(
    Object.entries(found).map(([name, own]) => [name, Float32Array.from(own, (v) => v + 0)]),
  );
}

function isNear(a: Float32Array, b: Float32Array): boolean {
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.every((value, at) => Math.abs(value - b[at]) <= NEAR * largest);
}

/**
 * A vector with which a net gives the same: weights are the numbers that they count as, multiples of a scale where they are near
 * such. What counts as something else then stays as it is. What nothing takes notice of is 0.
 *
 * @param net as it is built with its passes, for inference
 * @param w all its parameters; stays as it is
 * @example
 * import { maskWeights, settled } from "convoynet/compress";
 * import { build } from "convoynet/nn";
 * const net = maskWeights({ weight: [1, 2] })(build(linear(1), [1, 2], { training: false }));
 * settled(net, Float32Array.of(3, 4, 0, 1, 0)); // Float32Array.of(3, 0, 0, 1, 0)
 */
export function settled(net: Net, w: Float32Array): Float32Array {
  const places = new Map(net.layout.params.map((param) => [param.name, param]));
  const was = effective(net, w);
  const tried = w.slice();
  // Nobody takes notice of what training alone needs, as scores of weights.
  const live = liveNodes(net.graph, [net.output]);
  for (const { name, offset, shape } of net.layout.params) {
    if (!live.has(net.params.get(name)!.node)) tried.fill(0, offset, offset + sizeOf(shape));
  }
  for (const [name, numbers] of was) {
    const { offset, shape } = places.get(name)!;
    const grids = gridsOf(numbers, shape[0] ?? 1, false);
    const snapped = grids && onGrids(grids);
    tried.set(snapped && isNear(numbers, snapped) ? snapped : numbers, offset);
  }
  const is = effective(net, tried);
  for (const [name, numbers] of was) {
    if (isNear(numbers, is.get(name)!)) continue;
    const { offset } = places.get(name)!;
    tried.set(w.subarray(offset, offset + numbers.length), offset);
  }
  return tried;
}
