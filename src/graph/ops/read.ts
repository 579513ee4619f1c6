// Part of a bound vector seen as a tensor: a parameter of a net, or a whole vector in an update rule.

import type { Shape } from "../../tensor/shape.js";
import { expectWhole } from "../expect.js";
import type { Graph, Op, Value } from "../graph.js";

/** Where reads and writes of a vector begin at most. */
export const MOST_OFFSET = 2 ** 52;

interface ReadAttrs extends Record<string, string | number | readonly number[]> {
  readonly vector: string;
  readonly offset: number;
  readonly shape: readonly number[];
}

export const readOp: Op<ReadAttrs> = {
  name: "read",
  infer(_, { vector, offset, shape }) {
    expectWhole(`read of "${vector}"`, "offset", offset, 0, MOST_OFFSET);
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
