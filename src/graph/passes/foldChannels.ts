// Folds what scales or shifts the channels behind a convolution into its weights and its bias: as many
// products as there are weights, not as there are pixels. Batch normalisation with fixed statistics is
// such a scale and shift (Jacob et al. 2017, arXiv 1712.05877, section 3.2). Runs before differentiation,
// and before fuseEpilogues, which finds the rectifier and the residual sum that then stand behind.

import { sameShape } from "../../tensor/shape.js";
import type { Graph, Node, Value } from "../graph.js";
import { add } from "../ops/add.js";
import { mul } from "../ops/mul.js";
import { reshape } from "../ops/reshape.js";
import { countUses, type Rewritten, rewrite } from "../rewrite.js";

/** A convolution's operands with its channels, `numbers` [c], scaled or shifted. */
type Fold = (operands: readonly Value[], numbers: Value) => Value[];

const scale: Fold = ([x, w, bias], numbers) => {
  const scaled = mul(w, reshape(numbers, [-1, 1, 1, 1]));
  return [x, scaled, ...(bias ? [mul(bias, numbers)] : [])];
};

const shift: Fold = ([x, w, bias], numbers) => [x, w, bias ? add(bias, numbers) : numbers];

const folds: Readonly<Record<string, Fold>> = { mul: scale, add: shift };

/** Whether a value is a convolution's bare sum, and `numbers` holds one number for each channel of it. */
function fits({ node, shape }: Value, numbers: Value): boolean {
  const { op, attrs, inputs } = node;
  const bare = op.name === "conv2d" && attrs["activation"] === "none" && inputs.length <= 3;
  return bare && sameShape(numbers.shape, [1, shape[1], 1, 1]);
}

/** The folded graph, with everything that its outputs, its writes and the values to keep need. */
export function foldChannels(graph: Graph, keep: readonly Value[] = []): Rewritten {
  const uses = countUses(graph, keep);
  const folded = ({ op, inputs }: Node, target: Graph, image: (value: Value) => Value) => {
    const fold = folds[op.name];
    if (!fold) return undefined;
    for (const [at, value] of inputs.entries()) {
      const [sum, numbers] = [image(value), image(inputs[1 - at])];
      if (uses.get(value) !== 1 || !fits(sum, numbers)) continue;
      const operands = fold(sum.node.inputs, reshape(numbers, [-1]));
      return target.apply(sum.node.op, operands, sum.node.attrs);
    }
    return undefined;
  };
  return rewrite(graph, (node, _, target, image) => folded(node, target, image), keep);
}
