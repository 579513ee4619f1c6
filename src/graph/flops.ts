// What a graph costs, the same for every engine.

import { sizeOf } from "../tensor/shape.js";
import type { Graph, Node } from "./graph.js";

/** Floating-point operations of one node; without a rule of its own, one an output element. */
export function nodeFlops(node: Node): number {
  if (node.op.flops) return node.op.flops(node);
  return node.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Floating-point operations of a whole graph, a multiply-add counting two. */
export const graphFlops = (graph: Graph): number =>
  graph.nodes.reduce((sum, node) => sum + nodeFlops(node), 0);
