// Swaps a ReLU and the max pooling behind it: relu(max) = max(relu), and the gradients are the same, zeros
// among them. The ReLU then works on the pooled images, and the gradient needs neither the images before
// pooling nor a mask of their size: its mask is the pooled output, which the next layer keeps anyway.
// Runs before differentiation.

import type { Graph, Node, Value } from "../graph.js";
import { relu } from "../ops/activations.js";
import { countUses, type Rewritten, rewrite } from "../rewrite.js";

/** The graph with ReLUs behind max poolings, with all that the values to keep need. */
export function poolBeforeRelu(graph: Graph, keep: readonly Value[] = []): Rewritten {
  const uses = countUses(graph, keep);
  const swaps = ({ op, inputs: [x] }: Node) =>
    op.name === "maxPool2d" && x.node.op.name === "relu" && uses.get(x) === 1;
  return rewrite(
    graph,
    (node, _, target, image) => {
      if (!swaps(node)) return undefined;
      const before = image(node.inputs[0].node.inputs[0]);
      const [pooled, winners] = target.apply(node.op, [before], node.attrs);
      return [relu(pooled), winners];
    },
    keep,
  );
}
