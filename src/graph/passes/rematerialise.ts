// Rematerialisation (Chen, Xu, Zhang and Guestrin 2016, arXiv 1604.06174): values of the forward pass are
// computed again in the backward pass instead of being kept for it, or kept in fewer bytes.
//
// A recomputed value is made anew right before the first node of the backward pass that uses it, from values
// that are kept or recomputed in their turn, once. So the results are the same to the last bit: the copies
// are the same operations on the same numbers, or what gives the same from the statistics that are kept, random
// numbers depend on nothing but their key, and what the forward pass writes is written by the originals alone. A value that is kept
// in 16 bits, in contrast, comes back rounded: the forward pass is exact, the gradient almost.

import type { Graph, Node, Value } from "../graph.js";
import { maskOf } from "../normGrad.js";
import { cast } from "../ops/cast.js";
import { forwardNodes, rewrite } from "../rewrite.js";

const none: ReadonlySet<Value> = new Set();

/** Operands of a node; a mask that would be worked out from a rounded input is taken from the result instead. */
function operandsOf(node: Node, halved: ReadonlySet<Value>): readonly Value[] {
  const mask = maskOf(node);
  return mask && halved.has(mask.x) ? [...node.inputs, mask.y] : node.inputs;
}

/**
 * The graph with the values in `recomputed` not kept for the backward pass, and those in `halved` kept as
 * bfloat16; those in `free` are made again for each use. Values that the forward pass does not make change nothing.
 *
 * @example
 * const graph = new Graph();
 * const w = read(graph, "w", [4]);
 * const y = exp(w);
 * const loss = reduceSum(mul(y, y));
 * graph.output("loss", loss);
 * write("grad", gradients(loss, [w])[0]);
 * const exps = ({ nodes }: Graph) => nodes.filter(({ op }) => op.name === "exp").length;
 * [exps(graph), exps(rematerialise(graph, new Set([y])))]; // [1, 2]
 */
export function rematerialise(
  graph: Graph,
  recomputed: ReadonlySet<Value>,
  halved: ReadonlySet<Value> = none,
  free: ReadonlySet<Value> = none,
): Graph {
  const forward = forwardNodes(graph);
  const copies = new Map<Node, readonly Value[]>();
  const halves = new Map<Value, Value>();
  const wholes = new Map<Value, Value>();
  return rewrite(graph, (node, inputs, target, image) => {
    if (forward.has(node)) {
      const outputs = target.apply(node.op, inputs, node.attrs);
      for (const [at, value] of node.outputs.entries()) {
        if (halved.has(value)) halves.set(value, cast(outputs[at], "bf16"));
      }
      return outputs;
    }
    const restored = (value: Value): Value => {
      if (!forward.has(value.node)) return image(value);
      if (recomputed.has(value) || free.has(value)) return copyOf(value.node)[value.index];
      const half = halves.get(value);
      if (!half) return image(value);
      if (!wholes.has(value)) wholes.set(value, cast(half));
      return wholes.get(value)!;
    };
    const copyOf = (original: Node): readonly Value[] => {
      const copy = copies.get(original) ?? again(original);
      copies.set(original, copy);
      return copy;
    };
    const again = (original: Node): readonly Value[] => {
      const { op, attrs, outputs } = original;
      const [, ...others] = outputs;
      const operands = original.inputs.map(restored);
      return op.again && others.every((value) => !recomputed.has(value))
        ? [op.again(operands, others.map(image), attrs), ...others.map(image)]
        : target.apply(op, operands, attrs);
    };
    const used = operandsOf(node, halved).map((value) =>
      free.has(value) ? again(value.node)[value.index] : restored(value),
    );
    return used.every((value, at) => value === inputs[at])
      ? undefined
      : target.apply(node.op, used, node.attrs);
  }).graph;
}
