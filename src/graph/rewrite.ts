// The one way a pass changes a graph: copy it node by node, replacing some.

import { Graph, type Node, type Value } from "./graph.js";

/** Outputs that replace a node's in the new graph, none to leave it out; `undefined` copies the node as it is. */
export type Rule = (
  node: Node,
  inputs: readonly Value[],
  target: Graph,
  image: (value: Value) => Value,
) => readonly Value[] | undefined;

/** A copy of a graph, and where the values of the original are in it. */
export interface Rewritten {
  readonly graph: Graph;
  readonly image: (value: Value) => Value;
}

/** Nodes that some output or write, or one of the values to keep, needs. */
export function liveNodes(graph: Graph, keep: readonly Value[] = []): Set<Node> {
  const live = new Set<Node>([...graph.outputs.values(), ...keep].map((value) => value.node));
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const node = graph.nodes[id];
    if (node.op.name === "write") live.add(node);
    if (live.has(node)) for (const input of node.inputs) live.add(input.node);
  }
  return live;
}

/** Nodes that the outputs need. What a training graph has beside them makes the gradient. */
export function forwardNodes(graph: Graph): Set<Node> {
  const forward = new Set<Node>([...graph.outputs.values()].map((value) => value.node));
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const node = graph.nodes[id];
    if (forward.has(node)) for (const input of node.inputs) forward.add(input.node);
  }
  return forward;
}

/** Nodes made of constants alone. */
export function constantNodes({ nodes }: Graph): Set<Node> {
  const found = new Set<Node>();
  for (const node of nodes) {
    const made = node.inputs.length > 0 && node.inputs.every((input) => found.has(input.node));
    if (node.op.name === "constant" || made) found.add(node);
  }
  return found;
}

/** Nodes made of some vectors alone; constants are free. */
export function nodesOfVectors(graph: Graph, vectors: readonly string[]): Set<Node> {
  const free = constantNodes(graph);
  const found = new Set<Node>();
  for (const node of graph.nodes) {
    const { op, attrs } = node;
    const sources = node.inputs.map((input) => input.node).filter((n) => !free.has(n));
    const read = op.name === "read" && vectors.includes(attrs["vector"] as string);
    if (read || (sources.length > 0 && sources.every((source) => found.has(source)))) {
      found.add(node);
    }
  }
  return found;
}

/**
 * The live nodes of a graph, each replaced by what `rule` says, in a new graph or behind what a given one holds.
 * An output whose value is left out is left out.
 */
export function rewrite(
  graph: Graph,
  rule: Rule,
  keep: readonly Value[] = [],
  target: Graph = new Graph(),
): Rewritten {
  const live = liveNodes(graph, keep);
  const images = new Map<Value, Value>();
  const image = (value: Value) => images.get(value)!;
  for (const node of graph.nodes) {
    if (!live.has(node)) continue;
    const inputs = node.inputs.map(image);
    const outputs = rule(node, inputs, target, image) ?? target.apply(node.op, inputs, node.attrs);
    for (const [at, output] of node.outputs.entries()) {
      if (outputs[at]) images.set(output, outputs[at]);
    }
  }
  for (const [name, value] of graph.outputs) {
    if (images.has(value)) target.output(name, image(value));
  }
  return { graph: target, image };
}

/** How often each value is used, by nodes, writes, outputs and the values to keep. */
export function countUses(graph: Graph, keep: readonly Value[] = []): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of liveNodes(graph, keep)) for (const input of node.inputs) use(input);
  for (const value of [...graph.outputs.values(), ...keep]) use(value);
  return uses;
}
