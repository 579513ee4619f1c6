// The forward pass of a training graph as a chain of blocks: where a single value leads from what has been
// done to what is left, the graph can be cut. A residual net falls into its residual blocks, a plain one
// into its layers.

import type { Graph, Node, Value } from "../graph.js";
import { maskOf } from "../normGrad.js";
import { forwardNodes, liveNodes } from "../rewrite.js";

/** A stretch of the forward pass. */
export interface Block {
  /** In graph order, without what is bound by a run. */
  readonly nodes: readonly Node[];
  /** The one value that the rest of the forward pass needs; the last block has none. */
  readonly border?: Value;
}

/** Whether a value is a batch of images in f32. */
export const isImage = ({ dtype, shape }: Value): boolean => dtype === "f32" && shape.length === 4;

/** Ops whose results a run brings along, or that are mere numbers: they cost nothing to have again. */
const bound = new Set(["read", "input", "scalar", "constant"]);

/** Cuts the forward pass wherever one value alone leads on. */
export function blocksOf(graph: Graph): Block[] {
  const forward = forwardNodes(graph);
  const nodes = graph.nodes.filter((node) => forward.has(node) && !bound.has(node.op.name));
  const lastUse = new Map<Value, Node>();
  for (const node of nodes) for (const input of node.inputs) lastUse.set(input, node);
  const blocks: Block[] = [];
  const crossing = new Set<Value>();
  let begin = 0;
  for (const [at, node] of nodes.entries()) {
    for (const output of node.outputs) if (lastUse.has(output)) crossing.add(output);
    for (const input of node.inputs) if (lastUse.get(input) === node) crossing.delete(input);
    if (crossing.size !== 1) continue;
    const [border] = crossing;
    blocks.push({ nodes: nodes.slice(begin, at + 1), border });
    begin = at + 1;
  }
  if (begin < nodes.length) blocks.push({ nodes: nodes.slice(begin) });
  return blocks;
}

/** Ops whose results are dear to have again. */
export const dear: ReadonlySet<string> = new Set(["conv2d", "matmul"]);

/** Values of the forward pass by their use elsewhere. */
export interface WayBack {
  /** Those that are kept for the backward pass. */
  readonly saved: ReadonlySet<Value>;
  /** Those that something uses on the way already, as new batch statistics do: they have to be kept. */
  readonly early: ReadonlySet<Value>;
}

/** What the rest of a graph uses of its forward pass. */
export function wayBack(graph: Graph): WayBack {
  const forward = forwardNodes(graph);
  const end = [...forward].reduce((last, { id }) => Math.max(last, id), -1);
  const [saved, early] = [new Set<Value>(), new Set<Value>()];
  for (const node of liveNodes(graph)) {
    if (forward.has(node)) continue;
    for (const value of node.inputs) {
      if (!forward.has(value.node) || bound.has(value.node.op.name)) continue;
      saved.add(value);
      if (node.id < end) early.add(value);
    }
  }
  return { saved, early };
}

/**
 * Images that can be kept in fewer bits for the backward pass: those that are kept, but not used early. An input by which
 * a mask is known stays exact, unless the result that knows it as well is kept anyway.
 */
export function halvable(graph: Graph, recomputed: ReadonlySet<Value>): Set<Value> {
  const { saved, early } = wayBack(graph);
  const masks = graph.nodes.map(maskOf).filter((mask) => mask !== undefined);
  const exact = new Set(masks.filter(({ y }) => !saved.has(y)).map(({ x }) => x));
  const images = [...forwardNodes(graph)]
    .filter(({ op }) => !bound.has(op.name))
    .flatMap(({ outputs }) => outputs)
    .filter(isImage);
  const needed = (value: Value) => early.has(value) || recomputed.has(value) || exact.has(value);
  return new Set(images.filter((value) => !needed(value)));
}
