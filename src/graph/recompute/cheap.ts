// Values that are better made again than kept: some whatever the memory, more of them where that saves much.

import { bytes } from "../cost.js";
import type { Graph, Node, Value } from "../graph.js";
import { rematerialise } from "../passes/rematerialise.js";
import { liveNodes } from "../rewrite.js";
import { dear, isImage, wayBack } from "./blocks.js";

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

/** Bytes below which nothing is gained, as the caches hold them, and the share of all that has to be saved. */
const LEAST = 8e6;
const WORTH = 0.1;

const savedBytes = (graph: Graph): number =>
  [...wayBack(graph).saved].reduce((sum, value) => sum + bytes(value), 0);

/**
 * All images that the backward pass needs but those that convolutions made; of these the first layers', which are made of
 * the images alone. Empty where that would save little.
 */
export function cheapValues(graph: Graph): Set<Value> {
  const { saved, early } = wayBack(graph);
  const free = freeValues(graph);
  const first = ({ node }: Value) => node.inputs[0].node.op.name === "input";
  const cheap = [...saved].filter(
    (value) =>
      isImage(value) &&
      !early.has(value) &&
      !free.has(value) &&
      (!dear.has(value.node.op.name) || first(value)),
  );
  const before = savedBytes(rematerialise(graph, free));
  const after = savedBytes(rematerialise(graph, new Set([...free, ...cheap])));
  return new Set(before > LEAST && after <= (1 - WORTH) * before ? cheap : []);
}
