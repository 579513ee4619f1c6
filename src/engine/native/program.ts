// A compiled program: a graph as plain data for the addon, and runs with their bindings in slots.

import { graphFlops } from "../../graph/flops.js";
import type { Graph, Value } from "../../graph/graph.js";
import { keyWords } from "../../tensor/philox.js";
import { bindingCheck, checkFrozen } from "../bindings.js";
import type { Bindings, CompileOptions, Outputs, Program } from "../engine.js";
import type { NativeQueue } from "./addon.js";
import { changing, NativeVector } from "./vector.js";

/** Names in the order of the slots in which a run passes what they name. */
interface Slots {
  readonly vectors: readonly string[];
  readonly inputs: readonly string[];
  readonly scalars: readonly string[];
}

/** Every name that nodes of the given ops carry in an attribute, once each. */
function names(graph: Graph, ops: readonly string[], attribute: string): string[] {
  const nodes = graph.nodes.filter((node) => ops.includes(node.op.name));
  return [...new Set(nodes.map((node) => node.attrs[attribute] as string))];
}

const slotsOf = (graph: Graph): Slots => ({
  vectors: names(graph, ["read", "write"], "vector"),
  inputs: names(graph, ["input"], "name"),
  scalars: names(graph, ["scalar"], "name"),
});

type Options = Pick<CompileOptions, "frozen">;

/** The graph as the addon reads it: values by number. */
export function serialise(graph: Graph, { frozen = [] }: Options = {}) {
  checkFrozen(graph, frozen);
  const ids = new Map<Value, number>();
  for (const node of graph.nodes) for (const value of node.outputs) ids.set(value, ids.size);
  const idsOf = (values: Iterable<Value>) => [...values].map((value) => ids.get(value)!);
  return {
    values: [...ids.keys()].map(({ dtype, shape }) => ({ dtype, shape })),
    nodes: graph.nodes.map(({ op, inputs, outputs, attrs }) => ({
      op: op.name,
      inputs: idsOf(inputs),
      outputs: idsOf(outputs),
      attrs,
    })),
    outputs: idsOf(graph.outputs.values()),
    ...slotsOf(graph),
    frozen,
  };
}

/** The memory that an optimised graph would take. */
export const measureNative = async (queue: NativeQueue, graph: Graph, options: Options = {}) =>
  queue.measure(serialise(graph, options));

/** Compiles an optimised graph on a queue. */
export async function compileNative(
  queue: NativeQueue,
  graph: Graph,
  options: Options = {},
): Promise<Program> {
  const slots = slotsOf(graph);
  const { handle, memory } = await queue.compile(serialise(graph, options));
  const outputs = [...graph.outputs.keys()];
  const slotOf = (name: string) => slots.vectors.indexOf(name);
  const frozen = (options.frozen ?? []).map(slotOf);
  const written = names(graph, ["write"], "vector").map(slotOf);
  const check = bindingCheck(graph);
  // The addon takes these numbers when it is called, so every run fills the same arrays.
  const scalars = new Float32Array(slots.scalars.length);
  const key = new Uint32Array(4);
  const stamps = new Float64Array(frozen.length);
  return {
    memory,
    flops: graphFlops(graph),
    async run(bindings: Bindings): Promise<Outputs> {
      check(bindings);
      const vectors = slots.vectors.map((name) => NativeVector.own(bindings.vectors![name]));
      for (const [at, slot] of frozen.entries()) stamps[at] = vectors[slot].stamp;
      for (const [at, name] of slots.scalars.entries()) scalars[at] = bindings.scalars![name];
      if (bindings.key) key.set(keyWords(bindings.key));
      const run = queue.run(
        handle,
        vectors.map(({ values }) => values),
        slots.inputs.map((name) => bindings.inputs![name]),
        scalars,
        key,
        stamps,
      );
      const results = await changing(
        written.map((at) => vectors[at]),
        run,
      );
      return Object.fromEntries(outputs.map((name, at) => [name, results[at]]));
    },
  };
}
