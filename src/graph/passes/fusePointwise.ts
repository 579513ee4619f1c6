// Joins pointwise ops into `fused` nodes, each one pass over memory.
//
// Two nodes join when one feeds the other, their outputs have the same shape and they have the same
// depth. The depth of a node is the number of unfusable edges on the longest way from it to the end of
// the graph; a way that leaves a group through an unfusable edge gets nearer to the end and cannot
// come back, so groups never depend on each other in a circle. Counting from the end puts what only
// a gradient needs beside that gradient: masks and the like are never stored.
// What is made of frozen vectors alone joins only its like, so that an engine may keep it between runs.

import { sameShape } from "../../tensor/shape.js";
import { Graph, type Node, type Value } from "../graph.js";
import { fusedOp } from "../ops/fused.js";
import { liveNodes, nodesOfVectors } from "../rewrite.js";

type Groups = Map<Node, Node[]>;

const isPointwise = (node: Node) => node.op.pointwise === true;
const isConstant = (node: Node) => node.op.name === "constant";

/** Whether two nodes may join, as far as the edge between them is concerned. */
type Fusable = (from: Node, to: Node) => boolean;

const fusableWith =
  (frozen: ReadonlySet<Node>): Fusable =>
  (from, to) => {
    if (!isPointwise(from) || !isPointwise(to) || isConstant(from)) return false;
    if (frozen.has(from) !== frozen.has(to)) return false;
    return sameShape(from.outputs[0].shape, to.outputs[0].shape);
  };

/** Unfusable edges from each node to the end. */
function depths(nodes: readonly Node[], fusable: Fusable): Map<Node, number> {
  const depth = new Map(nodes.map((node) => [node, 0]));
  for (const node of [...nodes].reverse()) {
    for (const { node: from } of node.inputs) {
      const through = depth.get(node)! + (fusable(from, node) ? 0 : 1);
      depth.set(from, Math.max(depth.get(from)!, through));
    }
  }
  return depth;
}

/** The group of every pointwise node; members in graph order. */
function groupsOf(nodes: readonly Node[], merge: boolean, fusable: Fusable): Groups {
  const depth = depths(nodes, fusable);
  const groups: Groups = new Map();
  for (const node of nodes) if (isPointwise(node)) groups.set(node, [node]);
  if (!merge) return groups;
  for (const node of nodes) {
    for (const { node: from } of node.inputs) {
      if (!fusable(from, node) || depth.get(from) !== depth.get(node)) continue;
      const [into, out] = [groups.get(from)!, groups.get(node)!];
      if (into === out) continue;
      into.push(...out);
      for (const member of out) groups.set(member, into);
    }
  }
  for (const group of new Set(groups.values())) group.sort((a, b) => a.id - b.id);
  return groups;
}

/** Writes a group as one `fused` node; returns its results in the order of `results`. */
function emitGroup(
  group: readonly Node[],
  results: readonly Value[],
  target: Graph,
  image: (value: Value) => Value,
): readonly Value[] {
  const members = new Set(group);
  const operands = [
    ...new Set(
      group
        .flatMap((node) => node.inputs)
        .filter(({ node }) => !members.has(node) && !isConstant(node)),
    ),
  ];
  const register = new Map(operands.map((value, at) => [value, at]));
  const [code, args, values]: [string[], number[], number[]] = [[], [], []];
  const emit = (name: string, inputs: readonly number[], constant: number): number => {
    code.push(name);
    args.push(inputs[0] ?? -1, inputs[1] ?? -1, inputs[2] ?? -1);
    values.push(constant);
    return operands.length + code.length - 1;
  };
  const registerOf = (value: Value): number => {
    const known = register.get(value);
    if (known !== undefined) return known;
    const made = emit("constant", [], value.node.attrs["value"] as number);
    register.set(value, made);
    return made;
  };
  for (const node of group) {
    const inputs = node.inputs.map(registerOf);
    const made = emit(node.op.name, inputs, (node.attrs["value"] as number | undefined) ?? 0);
    register.set(node.outputs[0], made);
  }
  return target.apply(fusedOp, operands.map(image), {
    shape: group[0].outputs[0].shape,
    code,
    args,
    values,
    results: results.map((value) => register.get(value)!),
  });
}

/** Who uses each value; `undefined` stands for the caller of the graph. */
function consumersOf(nodes: readonly Node[], graph: Graph): Map<Value, (Node | undefined)[]> {
  const consumers = new Map<Value, (Node | undefined)[]>();
  for (const node of nodes) for (const value of node.outputs) consumers.set(value, []);
  for (const node of nodes) for (const input of node.inputs) consumers.get(input)!.push(node);
  for (const output of graph.outputs.values()) consumers.get(output)!.push(undefined);
  return consumers;
}

/**
 * The graph with every pointwise node inside a `fused` node. With `merge` false each gets one of its
 * own, so that an engine needs to know `fused` only. `frozen` are the vectors that seldom change.
 */
export function fusePointwise(graph: Graph, merge = true, frozen: readonly string[] = []): Graph {
  const live = liveNodes(graph);
  const nodes = graph.nodes.filter((node) => live.has(node));
  const groups = groupsOf(nodes, merge, fusableWith(nodesOfVectors(graph, frozen)));
  const consumers = consumersOf(nodes, graph);
  const target = new Graph();
  const images = new Map<Value, Value>();
  const done = new Set<Node>();
  const image = (value: Value) => images.get(value)!;

  // A group stands where its last member stood, or earlier where somebody needs it.
  const emit = (node: Node): void => {
    if (done.has(node)) return;
    const group = groups.get(node);
    const unit = group ?? [node];
    for (const member of unit) done.add(member);
    const members = new Set(unit);
    for (const member of unit) {
      for (const input of member.inputs) {
        if (!members.has(input.node) && !(group && isConstant(input.node))) emit(input.node);
      }
    }
    const usedOutside = (value: Value) =>
      consumers.get(value)!.some((user) => user === undefined || !members.has(user));
    const results = unit
      .flatMap((member) => member.outputs)
      .filter((v) => !group || usedOutside(v));
    const made = group
      ? emitGroup(group, results, target, image)
      : target.apply(node.op, node.inputs.map(image), node.attrs);
    for (const [at, value] of results.entries()) images.set(value, made[at]);
  };
  // Constants become part of the groups that use them and stand alone only for others.
  const standsAlone = (node: Node) =>
    !isConstant(node) ||
    consumers.get(node.outputs[0])!.some((user) => !user || !isPointwise(user));
  for (const node of nodes) {
    const group = groups.get(node);
    if ((!group || group[group.length - 1] === node) && standsAlone(node)) emit(node);
  }
  for (const [name, value] of graph.outputs) target.output(name, image(value));
  return target;
}
