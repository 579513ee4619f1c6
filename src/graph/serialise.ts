// A graph as plain data, which an engine in another language or another thread can read.

import type { DType } from "../tensor/dtype.js";
import type { Shape } from "../tensor/shape.js";
import type { Attrs, Graph, TensorType, Value } from "./graph.js";

/** Names in the order of the slots in which a run passes what they name. */
export interface Slots {
  readonly vectors: readonly string[];
  readonly inputs: readonly string[];
  readonly scalars: readonly string[];
}

/** A graph whose values are numbers: places in `values`. */
export interface SerialisedGraph extends Slots {
  readonly values: readonly { readonly dtype: DType; readonly shape: Shape }[];
  readonly nodes: readonly {
    readonly op: string;
    readonly inputs: readonly number[];
    readonly outputs: readonly number[];
    readonly attrs: Attrs;
  }[];
  /** In the order of the graph's outputs. */
  readonly outputs: readonly number[];
}

/** Every name that nodes of the given ops carry in an attribute, once each. */
export function namesIn(graph: Graph, ops: readonly string[], attribute: string): string[] {
  const nodes = graph.nodes.filter((node) => ops.includes(node.op.name));
  return [...new Set(nodes.map((node) => node.attrs[attribute] as string))];
}

/** What the runs of a graph bind. */
export const slotsOf = (graph: Graph): Slots => ({
  vectors: namesIn(graph, ["read", "write"], "vector"),
  inputs: namesIn(graph, ["input"], "name"),
  scalars: namesIn(graph, ["scalar"], "name"),
});

/**
 * A graph as plain data.
 *
 * @example
 * const graph = new Graph();
 * graph.output("y", mul(input(graph, "x", [2]), scalar(graph, "factor")));
 * const { nodes, values, outputs, inputs, scalars } = serialise(graph);
 * nodes[2]; // { op: "mul", inputs: [0, 1], outputs: [2], attrs: {} }
 * values[outputs[0]]; // { dtype: "f32", shape: [2] }
 * [inputs, scalars]; // [["x"], ["factor"]]
 */
export function serialise(graph: Graph): SerialisedGraph {
  const ids = new Map<Value, number>();
  for (const node of graph.nodes) for (const value of node.outputs) ids.set(value, ids.size);
  const idsOf = (values: Iterable<Value>) => [...values].map((value) => ids.get(value)!);
  const typeOf = ({ dtype, shape }: TensorType) => ({ dtype, shape });
  return {
    values: [...ids.keys()].map(typeOf),
    nodes: graph.nodes.map(({ op, inputs, outputs, attrs }) => ({
      op: op.name,
      inputs: idsOf(inputs),
      outputs: idsOf(outputs),
      attrs,
    })),
    outputs: idsOf(graph.outputs.values()),
    ...slotsOf(graph),
  };
}
