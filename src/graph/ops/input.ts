// Data that a run binds by name: images, labels.

import type { DType } from "../../tensor/dtype.js";
import type { Shape } from "../../tensor/shape.js";
import { expectOneOf } from "../expect.js";
import type { Graph, Op, Value } from "../graph.js";

interface InputAttrs extends Record<string, string | readonly number[]> {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export const inputOp: Op<InputAttrs> = {
  name: "input",
  infer(_, { name, dtype, shape }) {
    expectOneOf(`input "${name}"`, "element type", dtype, ["f32", "i32", "u8"]);
    return [{ dtype, shape }];
  },
  flops: () => 0,
};

/**
 * A named input of the graph; every run binds a typed array of its size and type, f32 by default.
 *
 * @example
 * `${input(new Graph(), "labels", [64], "i32")}`; // "input#0:i32[64]"
 */
export function input(graph: Graph, name: string, shape: Shape, dtype: DType = "f32"): Value {
  return graph.apply(inputOp, [], { name, dtype, shape })[0];
}
