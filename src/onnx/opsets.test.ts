// Operators as older files have them: what were attributes are inputs now, and axes meant something else.

import { expect, test } from "vitest";
import { interpret } from "../engine/reference/interpret.js";
import { InputError } from "../inputError.js";
import { writeTensor } from "../tensor/onnx/elements.js";
import { type AttributeProto, modelSchema, type TensorProto } from "../tensor/onnx/schema.js";
import { encodeMessage } from "../tensor/protobuf.js";
import { sizeOf } from "../tensor/shape.js";
import { importGraph, readOnnx } from "./index.js";

/** A node of one image-like input of ascending numbers from 0, besides which it may have initialisers. */
interface Old {
  readonly opset: number;
  readonly type: string;
  readonly shape: readonly number[];
  readonly attributes?: Readonly<
    Record<
      string,
      number | string | readonly number[] | { float: number } | { floats: readonly number[] }
    >
  >;
  readonly others?: readonly TensorProto[];
}

function attribute([name, value]: [
  string,
  NonNullable<Old["attributes"]>[string],
]): AttributeProto {
  if (typeof value === "number") return { name, i: value, type: 2 };
  if (typeof value === "string") return { name, s: new TextEncoder().encode(value), type: 3 };
  if ("float" in value) return { name, f: value.float, type: 1 };
  if ("floats" in value) return { name, floats: value.floats, type: 6 };
  return { name, ints: value, type: 7 };
}

function run({ opset, type, shape, attributes = {}, others = [] }: Old) {
  const dim = shape.map((size) => ({ dim_value: size }));
  const bytes = encodeMessage(modelSchema, {
    opset_import: [{ domain: "", version: opset }],
    graph: {
      input: [{ name: "x", type: { tensor_type: { elem_type: 1, shape: { dim } } } }],
      output: [{ name: "y", type: { tensor_type: { elem_type: 1 } } }],
      initializer: others,
      node: [
        {
          ...{ op_type: type, input: ["x", ...others.map(({ name = "" }) => name)], output: ["y"] },
          attribute: Object.entries(attributes).map(attribute),
        },
      ],
    },
  });
  const { graph, w } = importGraph(readOnnx(bytes, "old.onnx"));
  const x = Float64Array.from({ length: sizeOf(shape) }, (_, at) => at);
  const { y } = interpret(graph, { inputs: { x }, vectors: { w: Float64Array.from(w) } });
  return { y: [...y], shape: [...graph.outputs.get("y")!.shape] };
}

/** The same of a known input. */
function folded({
  type,
  attributes = {},
  others = [],
  known,
}: Pick<Old, "type" | "attributes" | "others"> & { readonly known: TensorProto }) {
  const initializer = [known, ...others];
  const bytes = encodeMessage(modelSchema, {
    opset_import: [{ domain: "", version: 18 }],
    graph: {
      output: [{ name: "y", type: { tensor_type: { elem_type: 7 } } }],
      initializer,
      node: [
        {
          ...{ op_type: type, input: initializer.map(({ name = "" }) => name), output: ["y"] },
          attribute: Object.entries(attributes).map(attribute),
        },
      ],
    },
  });
  return importGraph(readOnnx(bytes, "large.onnx"));
}

test("bounds, padding, slices, axes and sizes of parts as attributes", () => {
  const low = { float: 1 };
  expect(
    run({ opset: 6, type: "Clip", shape: [4], attributes: { min: low, max: { float: 2 } } }).y,
  ).toEqual([1, 1, 2, 2]);
  const pads = { pads: [0, 1, 0, 0], value: { float: 7 } };
  expect(run({ opset: 6, type: "Pad", shape: [2, 2], attributes: pads }).y).toEqual([
    7, 0, 1, 7, 2, 3,
  ]);
  const cut = { starts: [1], ends: [1000], axes: [1] };
  expect(run({ opset: 6, type: "Slice", shape: [2, 2], attributes: cut }).y).toEqual([1, 3]);
  expect(
    run({ opset: 11, type: "Squeeze", shape: [1, 3, 1], attributes: { axes: [0] } }).shape,
  ).toEqual([3, 1]);
  expect(
    run({ opset: 11, type: "Unsqueeze", shape: [3], attributes: { axes: [0, 2] } }).shape,
  ).toEqual([1, 3, 1]);
  const sum = { axes: [1], keepdims: 0 };
  expect(run({ opset: 11, type: "ReduceSum", shape: [2, 2], attributes: sum }).y).toEqual([1, 5]);
  expect(
    run({ opset: 11, type: "ReduceMax", shape: [2, 2], attributes: { axes: [-1] } }).shape,
  ).toEqual([2, 1]);
  expect(
    run({ opset: 6, type: "Split", shape: [1, 3], attributes: { axis: 1, split: [1, 2] } }).y,
  ).toEqual([0]);
  expect(
    run({ opset: 6, type: "Dropout", shape: [2], attributes: { ratio: { float: 0.5 } } }).y,
  ).toEqual([0, 1]);
});

test("a softmax before opset 13 is over all axes from one on", () => {
  const { y } = run({ opset: 11, type: "Softmax", shape: [1, 2, 2], attributes: { axis: 1 } });
  const powers = [0, 1, 2, 3].map(Math.exp);
  const total = powers.reduce((a, b) => a + b);
  for (const [at, value] of y.entries()) expect(value).toBeCloseTo(powers[at] / total, 12);
  const rows = run({ opset: 13, type: "Softmax", shape: [1, 2, 2] }).y;
  expect(rows[0]).toBeCloseTo(1 / (1 + Math.E), 12);
});

test("operands are laid along an axis by an attribute before opset 7", () => {
  const bias = writeTensor("b", "f32", [2], [10, 20]);
  const attributes = { broadcast: 1, axis: 1 };
  const added = run({ opset: 6, type: "Add", shape: [1, 2, 2], attributes, others: [bias] });
  expect(added.y).toEqual([10, 11, 22, 23]);
});

test("padding that keeps the size puts an odd pixel behind, or in front", () => {
  const pooled = (auto: string) => {
    const attributes = { kernel_shape: [1, 2], auto_pad: auto };
    return run({ opset: 11, type: "MaxPool", shape: [1, 1, 1, 3], attributes }).y;
  };
  expect(pooled("SAME_UPPER")).toEqual([1, 2, 2]);
  expect(pooled("SAME_LOWER")).toEqual([0, 1, 2]);
});

test("images are resized by factors of an attribute or an input, from the corner", () => {
  const attributes = { scales: { floats: [1, 1, 1, 2] }, mode: "nearest" };
  expect(run({ opset: 7, type: "Upsample", shape: [1, 1, 1, 2], attributes }).y).toEqual([
    0, 0, 1, 1,
  ]);
  const scales = writeTensor("s", "f32", [4], [1, 1, 1, 2]);
  const linear = { opset: 10, type: "Resize", shape: [1, 1, 1, 2], others: [scales] };
  expect(run({ ...linear, attributes: { mode: "linear" } }).y).toEqual([0, 0.5, 1, 1]);
});

test.each([
  [{ type: "Expand", others: [writeTensor("s", "i64", [2], [1e9, 1])] }, /2\^40|too large/],
  [{ type: "Tile", others: [writeTensor("s", "i64", [1], [1e12])] }, "1000000000000 elements"],
  [{ type: "Split", attributes: { num_outputs: 1e10 } }, "10000000000 elements"],
] as const)("%j is refused before it takes the memory", (old, message) => {
  const known = writeTensor("x", "i64", [1], [1]);
  const build = () => folded({ ...old, known });
  expect(build).toThrow(InputError);
  expect(build).toThrow(message);
});
