// Runs a graph node by node in double precision.

import type { Graph, Node, Value } from "../../graph/graph.js";
import type { OpName } from "../../graph/ops/index.js";
import { liveNodes } from "../../graph/rewrite.js";
import { fromBfloat16, toBfloat16 } from "../../tensor/bfloat16.js";
import { kernels } from "./kernels/index.js";
import type { Bindings64 } from "./kernels/kernel.js";

const halved = (value: number): number => fromBfloat16(toBfloat16(value));

/**
 * Runs what the graph's outputs and writes need and returns the outputs in double precision.
 * Writes come last, in their order, so that every read sees the elements from before the run.
 * Bindings are taken as they are, in any number type, so that nothing is rounded to f32.
 */
export function interpret(graph: Graph, bindings: Bindings64): Record<string, Float64Array> {
  const live = liveNodes(graph);
  const values = new Map<Value, Float64Array>();
  const isWrite = ({ op }: Node) => op.name === "write";
  const nodes = graph.nodes.filter((node) => live.has(node));
  for (const node of [...nodes.filter((n) => !isWrite(n)), ...nodes.filter(isWrite)]) {
    const inputs = node.inputs.map((input) => values.get(input)!);
    const outputs = kernels[node.op.name as OpName](inputs, node, bindings);
    for (const [at, output] of node.outputs.entries()) {
      values.set(output, output.dtype === "bf16" ? outputs[at].map(halved) : outputs[at]);
    }
  }
  return Object.fromEntries([...graph.outputs].map(([name, value]) => [name, values.get(value)!]));
}
