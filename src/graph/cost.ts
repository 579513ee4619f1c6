// What a node costs, the same for every engine: multiply-adds, operations, bytes, and an estimate of seconds. Whatever
// counts these anywhere counts them here.

import { bytesOf } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import type { Graph, Loops, Node, TensorType, Value } from "./graph.js";

/** Of one core, to weigh arithmetic against memory: only their ratio matters. */
const FLOPS_A_SECOND = 5e10;
const BYTES_A_SECOND = 1e10;
/** Bytes of numbers that are compressed or restored. */
const CODED_BYTES_A_SECOND = 1.1e9;

/** Bytes of a value in memory. */
export const bytes = ({ dtype, shape }: TensorType): number => bytesOf[dtype] * sizeOf(shape);

/** Multiply-adds of loops: batch x outputs x inputs / groups x kernel x places. */
export const macsOf = ({ batch, inputs, outputs, groups, kernel, places }: Loops): number =>
  batch * outputs * (inputs / groups) * sizeOf(kernel) * sizeOf(places);

/** Multiply-adds of one node; none of an op without loops. */
export const nodeMacs = (node: Node): number => (node.op.loops ? macsOf(node.op.loops(node)) : 0);

/** Multiply-adds of a whole graph. */
export const graphMacs = ({ nodes }: Graph): number =>
  nodes.reduce((sum, node) => sum + nodeMacs(node), 0);

/** How many numbers are not 0. */
export const nonZeros = (numbers: Float32Array): number =>
  numbers.reduce((count, number) => count + (number === 0 ? 0 : 1), 0);

/** Floating-point operations of one node; without a rule of its own, one an output element. */
export function nodeFlops(node: Node): number {
  if (node.op.flops) return node.op.flops(node);
  if (node.op.loops) return 2 * nodeMacs(node);
  return node.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Floating-point operations of a whole graph, a multiply-add counting two. */
export const graphFlops = (graph: Graph): number =>
  graph.nodes.reduce((sum, node) => sum + nodeFlops(node), 0);

/** The numbers that an op codes or decodes. */
const coded: Readonly<Record<string, (node: Node) => Value>> = {
  compress: ({ inputs }) => inputs[0],
  restore: ({ outputs }) => outputs[0],
};

/** Estimated seconds of one node on one core. */
export function nodeSeconds(node: Node): number {
  const numbers = coded[node.op.name]?.(node);
  if (numbers) return bytes(numbers) / CODED_BYTES_A_SECOND;
  const moved = [...node.inputs, ...node.outputs].reduce((sum, value) => sum + bytes(value), 0);
  return nodeFlops(node) / FLOPS_A_SECOND + moved / BYTES_A_SECOND;
}

/** Estimated seconds of a graph's nodes on one core. */
export const graphSeconds = (graph: Graph): number =>
  graph.nodes.reduce((sum, node) => sum + nodeSeconds(node), 0);
