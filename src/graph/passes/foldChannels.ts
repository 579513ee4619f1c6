// Folds what scales or shifts the channels behind a convolution or a matrix product into its weights and its
// bias, where it is made of vectors alone: as many products as there are weights, not as there are pixels. Batch
// normalisation with fixed statistics is such a scale and shift (Jacob et al. 2017, arXiv 1712.05877, section
// 3.2). Runs before differentiation, and before fuseEpilogues, which finds the rectifier and the residual sum
// that then stand behind.

import { type Shape, sameShape } from "../../tensor/shape.js";
import type { Graph, Node, Value } from "../graph.js";
import { add, mul } from "../ops/pointwise.js";
import { reshape } from "../ops/shape.js";
import { countUses, nodesOfVectors, type Rewritten, type Rule, rewrite } from "../rewrite.js";

/** A sum's operands with its channels, `numbers` [c], scaled or shifted. */
type Fold = (sum: Node, numbers: Value) => Value[];

/** The shape in which numbers [c] meet the weights of the op, c of them along the channels of its result. */
const alongWeights = ({ op, attrs }: Node): Shape => {
  if (op.name === "conv2d") return [-1, 1, 1, 1];
  return attrs["transposeB"] ? [-1, 1] : [1, -1];
};

const scale: Fold = (sum, numbers) => {
  const [x, w, bias] = sum.inputs;
  const scaled = mul(w, reshape(numbers, alongWeights(sum)));
  return [x, scaled, ...(bias ? [mul(bias, numbers)] : [])];
};

const shift: Fold = ({ inputs: [x, w, bias] }, numbers) => [
  x,
  w,
  bias ? add(bias, numbers) : numbers,
];

const folds: Readonly<Record<string, Fold>> = { mul: scale, add: shift };

/** Whether a value is the bare sum of a convolution or a matrix product of rows. */
function isSum({ node, shape }: Value): boolean {
  const { op, attrs, inputs } = node;
  const bare = attrs["activation"] === "none" && inputs.length <= 3;
  return bare && (op.name === "conv2d" || (op.name === "matmul" && shape.length === 2));
}

/** Whether numbers are one for each channel of a value. */
const perChannel = (numbers: Value, { shape }: Value): boolean =>
  sameShape(
    numbers.shape,
    shape.map((size, axis) => (axis === 1 ? size : 1)),
  );

/** The folded graph, with everything that its outputs, its writes and the values to keep need. */
export function foldChannels(graph: Graph, keep: readonly Value[] = []): Rewritten {
  const uses = countUses(graph, keep);
  const vectors = new Set(graph.nodes.map(({ attrs }) => attrs["vector"] as string));
  const fixed = nodesOfVectors(graph, [...vectors]);
  const rule: Rule = ({ op, inputs }, _, target, image) => {
    const fold = folds[op.name];
    if (!fold) return undefined;
    for (const [at, value] of inputs.entries()) {
      const numbers = inputs[1 - at];
      const sum = image(value);
      if (uses.get(value) !== 1 || !fixed.has(numbers.node)) continue;
      if (!isSum(sum) || !perChannel(numbers, sum)) continue;
      const operands = fold(sum.node, reshape(image(numbers), [-1]));
      return target.apply(sum.node.op, operands, sum.node.attrs);
    }
    return undefined;
  };
  return rewrite(graph, rule, keep);
}
