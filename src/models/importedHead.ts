// The last layer of an ONNX file: what stands before it, and how many outputs it has.

import { neededNodes, type OnnxFile } from "../onnx/index.js";
import type { NodeProto } from "../tensor/onnx/schema.js";
import { sizeOf } from "../tensor/shape.js";

/** Nodes behind the last layer that change its numbers into others of the same meaning. */
const ENDS = ["Softmax", "LogSoftmax", "Identity"];

/** The node that makes a value. */
const makerOf = ({ nodes }: OnnxFile, name: string): NodeProto | undefined =>
  nodes.find(({ output = [] }) => output.includes(name));

/** The value that the model gives: the file's output, or what stands before its softmax. */
export function outputOf(file: OnnxFile): string {
  let name = file.outputs[0].name;
  for (
    let node = makerOf(file, name);
    ENDS.includes(node?.op_type ?? "");
    node = makerOf(file, name)
  ) {
    name = node?.input?.[0] ?? "";
  }
  return name;
}

/** Axis of the weights that counts the outputs. */
function outputAxis({ op_type: type, attribute = [] }: NodeProto): number {
  if (type === "Conv") return 0;
  if (type === "MatMul") return 1;
  return attribute.find(({ name }) => name === "transB")?.i === 1 ? 0 : 1;
}

/** The last layer: its node, and the biases that are added behind it. */
interface LastLayer {
  readonly node: NodeProto;
  readonly biases: readonly string[];
}

const isParam = ({ initializers }: OnnxFile, name: string) => initializers.has(name);

/** The last convolution or matrix product; `undefined` where the output is made otherwise. */
function lastLayer(file: OnnxFile): LastLayer | undefined {
  const biases: string[] = [];
  let node = makerOf(file, outputOf(file));
  while (node && !["Gemm", "MatMul", "Conv"].includes(node.op_type ?? "")) {
    const { op_type: type, input = [] } = node;
    const bias = type === "Add" ? input.find((name) => isParam(file, name)) : undefined;
    if (bias !== undefined) biases.push(bias);
    node = makerOf(file, input.find((name) => !isParam(file, name)) ?? "");
  }
  return node && { node, biases };
}

/** The parameters whose shapes tell how many outputs there are, with the axis that does: those of the last layer. */
function headOf(file: OnnxFile): ReadonlyMap<string, number> {
  const last = lastLayer(file);
  if (!last) return new Map();
  const { node, biases } = last;
  const [, weights = "", bias = ""] = node.input ?? [];
  const axes = [
    ...biases.map((name) => [name, file.initializers.get(name)!.shape.length - 1] as const),
    [weights, outputAxis(node)] as const,
    [bias, 0] as const,
  ];
  return new Map(axes.filter(([name]) => isParam(file, name)));
}

/**
 * The value that the last layer takes, where it stands between all of the images and the output; `undefined` where values
 * or parameters go past it.
 */
export function featuresOf(file: OnnxFile): string | undefined {
  const features = lastLayer(file)?.node.input?.[0];
  const [images] = file.inputs;
  if (features === undefined || features === images.name || isParam(file, features))
    return undefined;
  const before = new Set(neededNodes(file, [features]));
  const behind = neededNodes(file, [outputOf(file)]).filter((node) => !before.has(node));
  const made = new Set(["", features, ...behind.flatMap(({ output = [] }) => output)]);
  const taken = new Set([...before].flatMap(({ input = [] }) => input));
  const isOwn = (name: string) => made.has(name) || (isParam(file, name) && !taken.has(name));
  return behind.every(({ input = [] }) => input.every(isOwn)) ? features : undefined;
}

/** A file whose last layer has so many outputs, and the parameters that are new by that. */
export function withOutputs(
  file: OnnxFile,
  outputs: number,
  own: number,
): [OnnxFile, ReadonlySet<string>] {
  if (outputs === own) return [file, new Set()];
  const head = headOf(file);
  const initializers = new Map(file.initializers);
  for (const [name, axis] of head) {
    const { type, shape } = initializers.get(name)!;
    const changed = shape.map((size, at) => (at === axis && size === own ? outputs : size));
    initializers.set(name, { type, shape: changed, data: new Float32Array(sizeOf(changed)) });
  }
  return [{ ...file, initializers }, new Set(head.keys())];
}
