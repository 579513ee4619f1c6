// What each layer of a built net adds to its graph.

import { type Node, type ParamLayout, WEIGHTS } from "../graph/index.js";
import { sizeOf } from "../tensor/shape.js";
import type { BuiltNet } from "./build.js";
import type { Block } from "./scope.js";

/** The blocks of a net, each with the nodes that are in none of its own blocks. */
export function ownNodes({ graph, blocks }: BuiltNet): Map<Block, readonly Node[]> {
  const taken = new Set<number>();
  const result = new Map<Block, Node[]>();
  for (const block of blocks) {
    const nodes = graph.nodes.slice(block.start, block.end).filter(({ id }) => !taken.has(id));
    for (const { id } of nodes) taken.add(id);
    result.set(block, nodes);
  }
  return result;
}

/** Where the trainable parameters that nodes read lie in the vector: [start, end) of each. */
export const paramsRead = (
  nodes: readonly Node[],
  { trainable }: ParamLayout,
): [number, number][] =>
  nodes
    .filter(({ op, attrs }) => op.name === "read" && attrs["vector"] === WEIGHTS)
    .map(({ attrs, outputs }): [number, number] => {
      const offset = attrs["offset"] as number;
      return [offset, offset + sizeOf(outputs[0].shape)];
    })
    .filter(([offset]) => offset < trainable);
