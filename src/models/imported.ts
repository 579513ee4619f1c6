// Nets of ONNX files as models: their initialisers are parameters, so that they are trained, evaluated and compressed as any
// other. What a file ends in is a softmax or not; the model gives what stands before it.

import type { ParamKind } from "../graph/index.js";
import { reshape, type Value } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { fill, heNormal, type Initialiser, type Layer, netOf } from "../nn/index.js";
import { buildOnnx, expectShape, type OnnxFile, readOnnx } from "../onnx/index.js";
import type { NodeProto } from "../tensor/onnx/schema.js";
import { formatShape, type Shape, sizeOf } from "../tensor/shape.js";
import { counted } from "../text/format.js";
import { printable } from "../text/printable.js";
import { CELL_OUTPUTS } from "./cells.js";
import { FRAME_OUTPUTS } from "./frames.js";
import type { ModelFamily, ModelInput } from "./model.js";
import { PIECE_OUTPUTS } from "./pieces.js";

/** Images where a file does not say their size, as most nets were published for. */
const USUAL = [3, 224, 224] as const;

/** Nodes behind the last layer that change its numbers into others of the same meaning. */
const ENDS = ["Softmax", "LogSoftmax", "Identity"];

/** The node that makes a value. */
const makerOf = ({ nodes }: OnnxFile, name: string): NodeProto | undefined =>
  nodes.find(({ output = [] }) => output.includes(name));

/** The value that the model gives: the file's output, or what stands before its softmax. */
function outputOf(file: OnnxFile): string {
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

/** The parameters whose shapes tell how many outputs there are, with the axis that does: those of the last layer. */
function headOf(file: OnnxFile): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const isParam = (name: string) => file.initializers.has(name);
  let node = makerOf(file, outputOf(file));
  while (node && !["Gemm", "MatMul", "Conv"].includes(node.op_type ?? "")) {
    const { op_type: type, input = [] } = node;
    const bias = type === "Add" ? input.find(isParam) : undefined;
    if (bias !== undefined) found.set(bias, file.initializers.get(bias)!.shape.length - 1);
    node = makerOf(file, input.find((name) => !isParam(name)) ?? "");
  }
  const [, weights, bias] = node?.input ?? [];
  if (node && weights !== undefined && isParam(weights)) found.set(weights, outputAxis(node));
  if (bias !== undefined && isParam(bias)) found.set(bias, 0);
  return found;
}

/** A file whose last layer has so many outputs, and the parameters that are new by that. */
function withOutputs(
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

const given =
  (first: ArrayLike<number>): Initialiser =>
  (values) =>
    values.set(first);

/** What a parameter starts as: the file's numbers; of a new last layer random weights and biases of 0. */
const startOf = (fresh: boolean, shape: Shape, first: ArrayLike<number>): Initialiser => {
  if (!fresh) return given(first);
  return shape.length > 1 ? heNormal() : fill(0);
};

/** Outputs as rows where they are one pixel each. */
function rowsOf(value: Value): Value {
  const { shape } = value;
  const single = shape.length > 2 && sizeOf(shape.slice(2)) === 1;
  return single ? reshape(value, shape.slice(0, 2)) : value;
}

function layerOf(file: OnnxFile, fresh: ReadonlySet<string>): Layer {
  const [port] = file.inputs;
  const output = outputOf(file);
  return (x, scope) => {
    expectShape(file, x.shape);
    const parameter = (name: string, shape: Shape, kind: ParamKind, first: ArrayLike<number>) =>
      scope.param(x.graph, name, shape, startOf(fresh.has(name), shape, first), kind);
    const [size] = port.shape;
    const batch = size === undefined ? undefined : { file: size, here: x.shape[0] };
    const inputs = new Map([[port.name, x]]);
    const [found] = buildOnnx(file, { graph: x.graph, parameter, scope, batch, inputs }, [output]);
    if (found.flows && found.shape[0] === x.shape[0] && found.shape.length > 1)
      return rowsOf(found.value());
    throw new InputError(
      `${file.source}: its output is ${formatShape(found.shape)} for ${counted(x.shape[0], "image")}; expected a row or a map for each`,
    );
  };
}

/** Outputs of a file for images of a size. */
function countOutputs(file: OnnxFile, input: readonly [number, number, number]): number {
  const layer = layerOf(file, new Set());
  return netOf({ layer, input }, 1, { training: false }).output.shape[1];
}

/** Outputs that a form has beside those that have names. */
const UNNAMED: Readonly<Record<string, number>> = {
  cells: CELL_OUTPUTS,
  frames: FRAME_OUTPUTS,
  pieces: PIECE_OUTPUTS,
};

/** A family that was read from a file. */
export interface ImportedFamily extends ModelFamily {
  /** What a file of ours tells of its net, as texts by name; `undefined` for one of another program. */
  readonly told?: Readonly<Record<string, string>>;
}

/** Name of the model of a file: that of the file without folders and ending. */
const nameOf = (source: string): string =>
  `onnx:${printable(
    source
      .split(/[\\/]/)
      .pop()!
      .replace(/\.onnx$/, ""),
  )}`;

/**
 * The net of an ONNX file as a family of models. It takes images of the size that the file fixes, or of any where it leaves
 * that open; with another number of outputs its last layer is new.
 *
 * @param source path of the file, for messages and its name
 * @throws FormatError for damaged bytes; InputError for operators that are not understood, and a file that does not make one
 * output of one batch of images.
 */
export function importedFamily(bytes: Uint8Array, source: string): ImportedFamily {
  const file = readOnnx(bytes, source);
  const [port] = file.inputs;
  if (file.inputs.length !== 1 || port.type !== "f32" || port.shape.length !== 4) {
    const found = file.inputs.map(
      ({ name, type, shape }) =>
        `${printable(name)} ${type} [${shape.map((size) => size ?? "any")}]`,
    );
    throw new InputError(
      `${source}: expected one input of f32 images [n, c, h, w], found ${found.join(", ") || "none"}`,
    );
  }
  const [channels, height, width] = USUAL.map((usual, at) => port.shape[at + 1] ?? usual);
  const all = countOutputs(file, [channels, height, width]);
  // A graph of ours brings bytes to the net's numbers by itself.
  const told = file.producer === "convoynet" ? file.metadata : undefined;
  const unnamed = UNNAMED[told?.["output"] ?? ""] ?? 0;
  const plain = { mean: new Array(channels).fill(0), std: new Array(channels).fill(1) };
  return {
    ...(told && { told }),
    name: nameOf(source),
    source: `${printable(file.producer || "an ONNX file")}, opset ${file.opset}`,
    smallest: 1,
    published: { channels, height, width, outputs: all - unnamed },
    create: ({ outputs }: ModelInput) => ({
      layer: layerOf(...withOutputs(file, outputs + unnamed, all)),
      ...(told && { defaults: plain }),
    }),
  };
}
