// A compiled program: a graph as plain data for the addon, and runs with their bindings in slots.

import { bytes, graphFlops } from "../../graph/cost.js";
import type { Graph } from "../../graph/graph.js";
import { namesIn, serialise, slotsOf } from "../../graph/serialise.js";
import { usableMemory } from "../../machine.js";
import { keyWords } from "../../tensor/philox.js";
import { bindingCheck, checkFrozen } from "../bindings.js";
import type { Bindings, CompileOptions, Outputs, Program } from "../engine.js";
import type { NativeQueue } from "./addon.js";
import { NativeInput } from "./input.js";
import { expectMemory } from "./memory.js";
import { changing, NativeVector } from "./vector.js";

type Options = Pick<CompileOptions, "frozen">;

/** The graph as the addon reads it. */
export function request(graph: Graph, { frozen = [] }: Options = {}) {
  checkFrozen(graph, frozen);
  return { ...serialise(graph), frozen };
}

/** The memory that an optimised graph would take. */
export const measureNative = async (queue: NativeQueue, graph: Graph, options: Options = {}) =>
  queue.measure(request(graph, options));

/** Bytes of all values of a graph together: seldom less than its program takes, and quickly told. */
const bytesOfValues = ({ nodes }: Graph): number =>
  nodes.flatMap(({ outputs }) => outputs).reduce((sum, value) => sum + bytes(value), 0);

/**
 * Compiles an optimised graph on a queue.
 *
 * @throws InputError when it would take more memory than there is.
 */
export async function compileNative(
  queue: NativeQueue,
  graph: Graph,
  options: Options = {},
): Promise<Program> {
  const slots = slotsOf(graph);
  const asked = request(graph, options);
  if (bytesOfValues(graph) > usableMemory() / 2) {
    expectMemory("this program", (await queue.measure(asked)).peakBytes);
  }
  const { handle, memory } = await queue.compile(asked);
  const outputs = [...graph.outputs.keys()];
  const slotOf = (name: string) => slots.vectors.indexOf(name);
  const frozen = (options.frozen ?? []).map(slotOf);
  const written = namesIn(graph, ["write"], "vector").map(slotOf);
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
        slots.inputs.map((name) => NativeInput.arrayOf(bindings.inputs![name])),
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
