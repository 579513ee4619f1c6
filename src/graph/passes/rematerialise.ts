// Rematerialisation (Chen, Xu, Zhang and Guestrin 2016, arXiv 1604.06174): values of the way forward are
// computed again on the way back instead of being kept for it.
//
// A recomputed value is made anew right before the first node of the way back that uses it, from values
// that are kept or recomputed in their turn, once. So the results are the same to the last bit: the copies
// are the same operations on the same numbers, random numbers depend on nothing but their key, and what
// the way forward writes, such as batch statistics, is written by the originals alone.

import type { Graph, Node, Value } from "../graph.js";
import { forwardNodes, rewrite } from "../rewrite.js";

/**
 * The graph with the values in `recomputed` not kept for the way back. Values that the way forward does not
 * make change nothing.
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
export function rematerialise(graph: Graph, recomputed: ReadonlySet<Value>): Graph {
  const forward = forwardNodes(graph);
  const copies = new Map<Node, readonly Value[]>();
  return rewrite(graph, (node, inputs, target, image) => {
    if (forward.has(node)) return undefined;
    const restored = (value: Value): Value => {
      const again = forward.has(value.node) && recomputed.has(value);
      return again ? copyOf(value.node)[value.index] : image(value);
    };
    const copyOf = (original: Node): readonly Value[] => {
      const known = copies.get(original);
      if (known) return known;
      const copy = target.apply(original.op, original.inputs.map(restored), original.attrs);
      copies.set(original, copy);
      return copy;
    };
    const used = node.inputs.map(restored);
    return used.every((value, at) => value === inputs[at])
      ? undefined
      : target.apply(node.op, used, node.attrs);
  }).graph;
}
