// Part of a bound vector seen as a tensor: a parameter of a net, or a whole vector in an update rule.

import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Graph, Op, Value } from "../graph.js";

interface ReadAttrs extends Record<string, string | number | readonly number[]> {
  readonly vector: string;
  readonly offset: number;
  readonly shape: readonly number[];
}

export const readOp: Op<ReadAttrs> = {
  name: "read",
  infer(_, { vector, offset, shape }) {
    if (!(Number.isInteger(offset) && offset >= 0 && sizeOf(shape) > 0)) {
      throw new RangeError(`read of "${vector}": bad offset ${offset} or empty shape`);
    }
    return [{ dtype: "f32", shape }];
  },
  flops: () => 0,
};

/**
 * Elements `[offset, offset + size)` of the vector bound as `vector`, in the given shape, as they were
 * before the run; offset 0 by default.
 *
 * @throws RangeError for an empty shape or an offset that is not a whole number from 0.
 * @example
 * read(new Graph(), "w", [16, 3, 5, 5], 100).shape; // [16, 3, 5, 5]
 */
export function read(graph: Graph, vector: string, shape: Shape, offset = 0): Value {
  return graph.apply(readOp, [], { vector, offset, shape })[0];
}
