// Which values of a net become bytes, and what these stand for.

import type { ByteScale, Node, Value } from "../graph/index.js";
import { countUses, liveNodes } from "../graph/rewrite.js";
import type { Net } from "../nn/index.js";
import { bytesOf, type Range, type Ranges } from "./ranges.js";
import { valuesByName } from "./valueNames.js";

/** Ops that give numbers of the range of what they take, so that this may saturate already. */
const within = new Set(["relu", "relu6", "maxPool2d", "reshape", "transpose", "concat"]);

/** What bytes of a value stand for; nothing of a value that has no range, and stays f32. */
export type Planned = (value: Value) => ByteScale | undefined;

/**
 * The range of each value. Where nobody else sees what goes into a ReLU, a pooling or a concatenation, it has the range
 * of what comes out: then a ReLU costs nothing, and parts of a concatenation are of one scale.
 */
export function scalesOf(net: Net, ranges: Ranges): Planned {
  const { graph, output } = net;
  const uses = countUses(graph, [output]);
  const found = new Map<Value, Range>();
  for (const [name, value] of valuesByName(net)) {
    const range = ranges.get(name);
    if (range) found.set(value, range);
  }
  for (const { op, inputs, outputs } of [...graph.nodes].reverse()) {
    const range = found.get(outputs[0]);
    if (!range || !within.has(op.name)) continue;
    for (const value of inputs) if (uses.get(value) === 1) found.set(value, range);
  }
  return (value) => {
    const range = found.get(value);
    return range && bytesOf(range);
  };
}

/** Whether somebody takes a value as bytes: one of the layers, or what hands bytes on to one. */
export function wantedBy(
  { graph, output }: Net,
  layers: ReadonlyMap<Node, unknown>,
  handsOn: ReadonlySet<string>,
): (value: Value) => boolean {
  const users = new Map<Value, Node[]>();
  for (const node of liveNodes(graph, [output])) {
    for (const value of new Set(node.inputs)) {
      users.set(value, [...(users.get(value) ?? []), node]);
    }
  }
  const known = new Map<Value, boolean>();
  const wanted = (value: Value): boolean => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const takes = (node: Node) =>
      layers.has(node) || (handsOn.has(node.op.name) && wanted(node.outputs[0]));
    const answer = (users.get(value) ?? []).some(takes);
    known.set(value, answer);
    return answer;
  };
  return wanted;
}
