// For tests: a small ONNX file with a convolution, batch normalisation, a fixed batch of 1 and a softmax.

import { writeTensor } from "../../src/tensor/onnx/elements.js";
import {
  type AttributeProto,
  type ModelProto,
  modelSchema,
  type NodeProto,
} from "../../src/tensor/onnx/schema.js";
import { encodeMessage } from "../../src/tensor/protobuf.js";
import { sizeOf } from "../../src/tensor/shape.js";
import { noise } from "./layers.js";

const ints = (name: string, list: readonly number[]): AttributeProto => ({
  name,
  ints: list,
  type: 7,
});
const node = (
  op_type: string,
  input: readonly string[],
  output: string,
  attribute: readonly AttributeProto[] = [],
): NodeProto => ({
  ...{ op_type, input, output: [output], attribute, name: output },
});

/** A tensor of noise around a number. */
const weights = (name: string, shape: readonly number[], centre = 0) =>
  writeTensor(
    name,
    "f32",
    shape,
    noise(sizeOf(shape), shape.length).map((x) => centre + 0.1 * x),
  );

const port = (name: string, sizes: readonly number[]) => ({
  name,
  type: {
    tensor_type: { elem_type: 1, shape: { dim: sizes.map((size) => ({ dim_value: size })) } },
  },
});

/** The net, which may be changed before it is written: images [1, 1, 6, 6] to three probabilities. */
export const smallOnnx = (): ModelProto => ({
  ir_version: 8,
  producer_name: "test",
  opset_import: [{ domain: "", version: 13 }],
  graph: {
    name: "small",
    input: [port("x", [1, 1, 6, 6])],
    output: [port("p", [1, 3])],
    initializer: [
      weights("conv.weight", [4, 1, 3, 3]),
      weights("bn.scale", [4], 1),
      weights("bn.shift", [4]),
      weights("bn.mean", [4]),
      weights("bn.variance", [4], 2),
      weights("fc.weight", [64, 3]),
      weights("fc.bias", [3]),
      writeTensor("flat", "i64", [2], [1, 64]),
    ],
    node: [
      node("Conv", ["x", "conv.weight"], "c", [ints("kernel_shape", [3, 3])]),
      node("BatchNormalization", ["c", "bn.scale", "bn.shift", "bn.mean", "bn.variance"], "b"),
      node("Relu", ["b"], "r"),
      node("Reshape", ["r", "flat"], "f"),
      node("MatMul", ["f", "fc.weight"], "m"),
      node("Add", ["m", "fc.bias"], "l"),
      node("Softmax", ["l"], "p"),
    ],
  },
});

/** A file of it. */
export const onnxBytes = (model: ModelProto): Uint8Array => encodeMessage(modelSchema, model);
