// A chain of pointwise ops run as one pass. Only the fusion pass makes it.
// Registers 0..inputs-1 hold the operands; instruction i fills register inputs + i. An instruction
// is three numbers in `args` (operand registers, -1 where unused) beside its op's name in `code`
// and its constant in `values`.

import { sizeOf } from "../../tensor/shape.js";
import type { Op } from "../graph.js";

export interface FusedAttrs extends Record<string, readonly number[] | readonly string[]> {
  readonly shape: readonly number[];
  readonly code: readonly string[];
  readonly args: readonly number[];
  readonly values: readonly number[];
  /** Registers that are the node's outputs, all of shape `shape`. */
  readonly results: readonly number[];
}

export const fusedOp: Op<FusedAttrs> = {
  name: "fused",
  takesHalf: true,
  infer: (_, { shape, results }) => results.map(() => ({ dtype: "f32", shape })),
  flops: ({ attrs: { code, shape } }) => code.length * sizeOf(shape),
};
