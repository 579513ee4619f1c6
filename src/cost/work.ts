// What one operation of a layer has to do, whoever does it: its loops, and how many numbers go in and come out.

import type { Loops, Node } from "../graph/index.js";
import { sizeOf } from "../tensor/shape.js";

/** The three operands of a multiplication that is added up. */
export const operands = ["weights", "inputs", "outputs"] as const;
export type Operand = (typeof operands)[number];

/** A value for each operand. */
export type ByOperand<T> = Readonly<Record<Operand, T>>;

/** An operation that multiplies and adds. */
export interface Work {
  readonly loops: Loops;
  /** Distinct numbers of each operand; a bias counts with the weights. */
  readonly numbers: ByOperand<number>;
}

/** The work of a node that multiplies and adds; none of any other. */
export function workOf(node: Node): Work | undefined {
  if (!node.op.loops) return undefined;
  const [inputs, weights, bias] = node.inputs.map(({ shape }) => sizeOf(shape));
  const [outputs] = node.outputs.map(({ shape }) => sizeOf(shape));
  return {
    loops: node.op.loops(node),
    numbers: { weights: weights + (bias ?? 0), inputs, outputs },
  };
}

/** Widths of numbers in bits; partial sums are as wide as activations. */
export interface Bits {
  readonly weights: number;
  readonly activations: number;
}

/** Bits of one number of an operand. */
export const bitsOf = (operand: Operand, { weights, activations }: Bits): number =>
  operand === "weights" ? weights : activations;
