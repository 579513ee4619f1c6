// Mixed precision (Micikevicius et al. 2018, arXiv 1710.03740; in bfloat16 Kalamkar et al. 2019, arXiv 1905.12322):
// operands of convolutions and matrix products are rounded to bf16, and so are images between one step and the next, those
// kept for the backward pass among them. Sums, statistics, losses, gradients by parameters, the parameters themselves and
// their updates stay f32. bf16 has the range of f32, so losses need no scale.
//
// It is the last pass: what is stored is known only when pointwise ops are joined, since what passes from one to the
// next inside a group is never stored.

import type { DType } from "../../tensor/dtype.js";
import type { Graph, Node, Value } from "../graph.js";
import { cast, castOp } from "../ops/cast.js";
import { liveNodes, rewrite } from "../rewrite.js";
import { fusePointwise } from "./fusePointwise.js";

/** Operands of an op that are multiplied, by place; and operands and results that are images. */
interface Places {
  readonly multiplied?: readonly number[];
  readonly operands: readonly number[];
  readonly results: readonly number[];
}

const pool: Places = { operands: [0], results: [0] };
const norm: Places = { operands: [0, 3], results: [0] };
const normGrad: Places = { operands: [0, 1, 6], results: [0, 3] };

const places: Readonly<Record<string, Places>> = {
  conv2d: { multiplied: [0, 1], operands: [0, 3], results: [0] },
  conv2dInputGrad: { multiplied: [0, 1], operands: [0], results: [0] },
  conv2dWeightGrad: { multiplied: [0, 1], operands: [0, 1], results: [] },
  matmul: { multiplied: [0, 1], operands: [], results: [] },
  batchNorm: norm,
  groupNorm: norm,
  batchNormApply: { operands: [0, 5], results: [0] },
  batchNormGrad: normGrad,
  groupNormGrad: normGrad,
  maxPool2d: pool,
  maxPool2dGrad: pool,
  avgPool2d: pool,
  avgPool2dGrad: pool,
  resize: pool,
  resizeGrad: pool,
};

const none: Places = { operands: [], results: [] };
const placesOf = ({ op }: Node): Places => places[op.name] ?? none;

/** Ops whose results are images where somebody uses them so, and then their operands are. */
const followers = new Set(["fused", "concat", "pad", "slice"]);

/** Whether an operand of a follower is an image where its results are. */
function follows({ op, outputs }: Node, { shape }: Value): boolean {
  if (op.name !== "fused") return true;
  return shape.every((size, axis) => size === outputs[0].shape[axis]);
}

/** Images of f32 that are stored as bf16: made by a step that can, and used by one as images. */
function storedImages(graph: Graph): Set<Value> {
  const nodes = [...liveNodes(graph)].sort((a, b) => a.id - b.id);
  const used = new Set<Value>();
  const made = new Set<Value>();
  for (const node of nodes.reverse()) {
    const { inputs, outputs, op } = node;
    const { operands, results } = placesOf(node);
    const follower = followers.has(op.name) && outputs.some((value) => used.has(value));
    for (const [at, value] of inputs.entries()) {
      if (value.dtype !== "f32" || value.shape.length !== 4) continue;
      if (operands.includes(at) || (follower && follows(node, value))) used.add(value);
    }
    for (const value of follower ? outputs : results.map((at) => outputs[at])) {
      if (value && used.has(value)) made.add(value);
    }
  }
  for (const value of graph.outputs.values()) made.delete(value);
  return made;
}

/**
 * A graph whose convolutions and matrix products multiply numbers of bf16, with f32 sums, and whose images are stored as
 * bf16. Everything else stays as it is; what takes no bf16 gets its operands as f32 again. One rounding serves all
 * who use a value, forward and backward.
 *
 * @example
 * const graph = new Graph();
 * const x = input(graph, "x", [4, 8]);
 * graph.output("y", matmul(x, read(graph, "w", [2, 8]), { transposeB: true }));
 * const [product] = halfPrecision(graph).nodes.filter(({ op }) => op.name === "matmul");
 * [...product.inputs, ...product.outputs].map(({ dtype }) => dtype); // ["bf16", "bf16", "f32"]
 */
export function halfPrecision(graph: Graph): Graph {
  const fused = fusePointwise(graph);
  const stored = storedImages(fused);
  const casts = { bf16: new Map<Value, Value>(), f32: new Map<Value, Value>() };
  /** A value of the new graph as numbers of a type; made once. */
  const as = (dtype: "bf16" | "f32", value: Value): Value => {
    if (value.dtype === dtype || !(value.dtype in casts)) return value;
    const known = casts[dtype].get(value) ?? cast(value, dtype);
    casts[dtype].set(value, known);
    return known;
  };
  return rewrite(fused, (node, inputs, target) => {
    const { op, attrs, outputs } = node;
    const { multiplied = [] } = placesOf(node);
    if (op === (castOp as typeof op)) return [cast(inputs[0], attrs["dtype"] as DType)];
    const operands = inputs.map((value, at) => {
      if (multiplied.includes(at)) return as("bf16", value);
      return op.takesHalf ? value : as("f32", value);
    });
    const half = outputs.flatMap((value, at) => (stored.has(value) ? [at] : []));
    return target.apply(op, operands, half.length === 0 ? attrs : { ...attrs, half });
  }).graph;
}
