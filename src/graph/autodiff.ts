// Reverse-mode differentiation, graph to graph: the gradient is more nodes in the same graph.

import { sizeOf } from "../tensor/shape.js";
import type { Graph, Node, Value } from "./graph.js";
import { constant } from "./ops/bindings.js";
import { add } from "./ops/pointwise.js";
import { expand } from "./ops/shape.js";

/** The nodes that depend on any of `sources`. */
function dependents(graph: Graph, sources: readonly Value[]): Set<Node> {
  const found = new Set(sources.map((value) => value.node));
  for (const node of graph.nodes) {
    if (node.inputs.some((input) => found.has(input.node))) found.add(node);
  }
  return found;
}

/**
 * Appends to the graph the gradient of `loss` (one element) with respect to each of `wrt`.
 * A value that the loss does not depend on gets zeros.
 *
 * @throws RangeError when the loss has more than one element.
 * @example
 * const graph = new Graph();
 * const w = read(graph, "w", [3]);
 * const [dw] = gradients(reduceSum(mul(w, w)), [w]);
 * write("grad", dw);
 * const engine = await createEngine({ engine: "reference" });
 * const vectors = { w: engine.vector(3), grad: engine.vector(3) };
 * await vectors.w.write([1, 2, 3]);
 * await (await engine.compile(graph)).run({ vectors });
 * [...(await vectors.grad.read())]; // [2, 4, 6]
 */
export function gradients(loss: Value, wrt: readonly Value[]): Value[] {
  if (sizeOf(loss.shape) !== 1) throw new RangeError(`gradients: ${loss} is not a single number`);
  const { graph } = loss;
  const active = dependents(graph, wrt);
  const collected = new Map<Value, Value>([[loss, expand(constant(graph, 1), loss.shape)]]);
  for (let id = loss.node.id; id >= 0; id--) {
    const node = graph.nodes[id];
    if (!active.has(node) || !node.op.gradient) continue;
    const grads = node.outputs.map((output) => collected.get(output));
    if (grads.every((grad) => grad === undefined)) continue;
    const inputGrads = node.op.gradient(node, grads);
    for (const [at, grad] of inputGrads.entries()) {
      const value = node.inputs[at];
      if (!grad || !active.has(value.node)) continue;
      const sum = collected.get(value);
      collected.set(value, sum ? add(sum, grad) : grad);
    }
  }
  return wrt.map((value) => collected.get(value) ?? expand(constant(graph, 0), value.shape));
}
