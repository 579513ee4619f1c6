// Where a graph meets its run: what is bound by name, numbers that are known, and what is stored at the end.

import { type DType, dtypes } from "../../tensor/dtype.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import { expectDtype, expectOneOf, expectWhole } from "../expect.js";
import type { Graph, Op, Value } from "../graph.js";

interface InputAttrs extends Record<string, string | readonly number[]> {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export const inputOp: Op<InputAttrs> = {
  name: "input",
  infer(_, { name, dtype, shape }) {
    expectOneOf(`input "${name}"`, "element type", dtype, dtypes);
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

// A number that a run binds by name: learning rate, coupling strength.

export const scalarOp: Op<{ readonly name: string }> = {
  name: "scalar",
  infer: () => [{ dtype: "f32", shape: [] }],
  flops: () => 0,
};

/**
 * A named run-time scalar of shape [].
 *
 * @example
 * const graph = new Graph();
 * graph.output("half", mul(scalar(graph, "lr"), constant(graph, 0.5)));
 * const program = await (await createEngine({ engine: "reference" })).compile(graph);
 * [...(await program.run({ scalars: { lr: 3 } })).half]; // [1.5]
 */
export function scalar(graph: Graph, name: string): Value {
  return graph.apply(scalarOp, [], { name })[0];
}

export const constantOp: Op<{ readonly value: number }> = {
  name: "constant",
  pointwise: true,
  infer: () => [{ dtype: "f32", shape: [] }],
  flops: () => 0,
};

/** A scalar constant of shape []. */
export function constant(graph: Graph, value: number): Value {
  return graph.apply(constantOp, [], { value })[0];
}

// Part of a bound vector seen as a tensor: a parameter of a net, or a whole vector in an update rule.

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

// Stores a value into a bound vector. The only op with an effect; a run performs every write, in
// order. Every `read` of a run, wherever it stands, sees the elements from before the run.

export const writeOp: Op<{ readonly vector: string; readonly offset: number }> = {
  name: "write",
  infer([value], { vector, offset }) {
    expectDtype("write", "f32", value);
    expectWhole(`write to "${vector}"`, "offset", offset, 0, MOST_OFFSET);
    return [];
  },
  flops: () => 0,
};

/**
 * Stores `value`, f32, at elements `[offset, offset + size)` of the vector bound as `vector` at the end of
 * a run; offset 0 by default.
 *
 * @throws RangeError for an empty value or one that is not f32, and an offset that is no whole number from 0 on.
 * @example
 * const w = read(new Graph(), "w", [4]);
 * write("w", mul(w, constant(w.graph, 0.5)));
 * const engine = await createEngine({ engine: "reference" });
 * const vector = engine.vector(4);
 * await vector.write([2, 4, 6, 8]);
 * await (await engine.compile(w.graph)).run({ vectors: { w: vector } });
 * [...(await vector.read())]; // [1, 2, 3, 4]
 */
export function write(vector: string, value: Value, offset = 0): void {
  if (sizeOf(value.shape) === 0) throw new RangeError("write: empty value");
  value.graph.apply(writeOp, [value], { vector, offset });
}
