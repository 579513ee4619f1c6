// Values that are better made again than kept, whatever the memory.

import type { Graph, Node, Value } from "../graph.js";
import { liveNodes } from "../rewrite.js";
import { isImage, wayBack } from "./blocks.js";

const convolutions = new Set(["conv2d", "conv2dWeightGrad"]);

/**
 * Normalised images that only convolutions use. The gradient of the norm needs the images in front of it anyway;
 * made again from those, piece by piece in the pass over the batch that makes a weight gradient of them, they cost
 * as little as being fetched.
 */
export function freeValues(graph: Graph): Set<Value> {
  const { saved } = wayBack(graph);
  const users = new Map<Value, Node[]>();
  for (const node of liveNodes(graph)) {
    for (const value of node.inputs) users.set(value, [...(users.get(value) ?? []), node]);
  }
  const free = [...saved].filter((value) => {
    const { op, inputs } = value.node;
    const again = op.again !== undefined && value.index === 0;
    const kept = inputs.every((input) => !isImage(input) || saved.has(input));
    return again && kept && users.get(value)!.every((user) => convolutions.has(user.op.name));
  });
  return new Set(free);
}
