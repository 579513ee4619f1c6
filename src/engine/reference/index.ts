// The reference engine: plain TypeScript, double precision, slow. It is the oracle of the other
// engines, and what Convoy falls back to where they cannot be built.

import { graphFlops } from "../../graph/cost.js";
import type { Graph, Node } from "../../graph/graph.js";
import { forwardNodes, rewrite } from "../../graph/rewrite.js";
import { sizeOf } from "../../tensor/shape.js";
import { bindingCheck, checkFrozen } from "../bindings.js";
import { bufferOf, checkElements } from "../buffer.js";
import type { Bindings, Buffer, Engine, MemoryReport, Outputs, Program } from "../engine.js";
import { gather } from "./gather.js";
import { arrayOf, elementsOf, numbersOf, ReferenceInput } from "./input.js";
import { interpret } from "./interpret.js";
import { ownVector, ReferenceVector, reductions } from "./vector.js";

export { interpret } from "./interpret.js";
export type { Bindings64 } from "./kernels/kernel.js";
export { ReferenceVector } from "./vector.js";

/** Every value is kept to the end of a run, at 8 bytes an element; there is no arena. */
function memoryOf(graph: Graph): MemoryReport {
  const forward = forwardNodes(graph);
  const bytesOf = (nodes: readonly Node[]) =>
    nodes.flatMap((node) => node.outputs).reduce((sum, { shape }) => sum + 8 * sizeOf(shape), 0);
  const saved = bytesOf(graph.nodes.filter((node) => forward.has(node)));
  const bytes = bytesOf(graph.nodes);
  return {
    peakBytes: bytes,
    activationBytes: bytes,
    scratchBytes: 0,
    kinds: { saved, passing: 0, gradients: bytes - saved, weights: 0, scratch: 0 },
  };
}

const liveGraph = (graph: Graph): Graph => rewrite(graph, () => undefined).graph;

/** Every input that a graph names, as numbers. */
const inputsOf = (graph: Graph, bound: Bindings["inputs"]) =>
  Object.fromEntries(
    graph.nodes
      .filter(({ op }) => op.name === "input")
      .map(({ attrs, outputs: [{ dtype }] }) => {
        const name = attrs["name"] as string;
        return [name, numbersOf(dtype, arrayOf(bound![name]))] as const;
      }),
  );

/** Runs at once, inside the call: that alone keeps the order of the queue. */
function run(graph: Graph, bindings: Bindings): Outputs {
  const vectors = Object.entries(bindings.vectors ?? {}).map(
    ([name, vector]) => [name, ownVector(vector)] as const,
  );
  const outputs = interpret(graph, {
    ...bindings,
    inputs: inputsOf(graph, bindings.inputs),
    vectors: Object.fromEntries(vectors.map(([name, { values }]) => [name, values])),
  });
  for (const [, vector] of vectors) vector.round();
  const copy = (name: string): Buffer => elementsOf(graph.outputs.get(name)!.dtype, outputs[name]);
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, copy(name)]));
}

/**
 * Creates a reference engine. It ignores `optimise` and keeps nothing of frozen vectors: it shows what a
 * graph means as it stands.
 */
export function referenceEngine(): Engine {
  let closed = false;
  const expectOpen = () => {
    if (closed) throw new Error("the reference engine is closed");
  };
  return {
    name: "reference",
    threads: 1,
    precision: "f64",
    reduce: reductions,
    async measure(graph, { frozen = [] } = {}) {
      expectOpen();
      const live = liveGraph(graph);
      checkFrozen(live, frozen);
      return memoryOf(live);
    },
    async compile(graph, { frozen = [] } = {}): Promise<Program> {
      expectOpen();
      const live = liveGraph(graph);
      checkFrozen(live, frozen);
      const check = bindingCheck(live);
      return {
        memory: memoryOf(live),
        flops: graphFlops(live),
        async run(bindings) {
          expectOpen();
          check(bindings);
          return run(live, bindings);
        },
      };
    },
    vector: (length) => new ReferenceVector(length),
    buffer: bufferOf(
      (length) => {
        checkElements("f32", length);
        return new Float32Array(length);
      },
      (dtype, length) => new ReferenceInput(dtype, length),
    ),
    async gather(batch, out) {
      expectOpen();
      gather(batch, out);
    },
    async close() {
      closed = true;
    },
  };
}
