// Nets of ONNX files as models: their initialisers are parameters, so that they are trained, evaluated and compressed as any
// other. What a file ends in is a softmax or not; the model gives what stands before it.

import type { ParamKind } from "../graph/index.js";
import { reshape, type Value } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { fill, heNormal, type Initialiser, type Layer, netOf, type Scope } from "../nn/index.js";
import { buildOnnx, expectShape, type OnnxFile, readOnnx } from "../onnx/index.js";
import { formatShape, type Shape, sizeOf } from "../tensor/shape.js";
import { counted } from "../text/format.js";
import { printable } from "../text/printable.js";
import { CELL_OUTPUTS } from "./cells.js";
import { FRAME_OUTPUTS } from "./frames.js";
import { featuresOf, outputOf, withOutputs } from "./importedHead.js";
import {
  assemble,
  type ModelFamily,
  type ModelInput,
  type ModelParts,
  type WholeModel,
} from "./model.js";
import { PIECE_OUTPUTS } from "./pieces.js";

/** Images where a file does not say their size, as most nets were published for. */
const USUAL = [3, 224, 224] as const;

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

/** Builds the value `to` of a file from its value `from`. */
function builderOf(file: OnnxFile, fresh: ReadonlySet<string>, from: string, to: string) {
  const [{ shape: images }] = file.inputs;
  const tables = from === file.inputs[0].name ? "constant" : "head.constant";
  return (x: Value, scope: Scope): Value => {
    const parameter = (name: string, shape: Shape, kind: ParamKind, first: ArrayLike<number>) =>
      scope.param(x.graph, name, shape, startOf(fresh.has(name), shape, first), kind);
    const batch = images[0] === undefined ? undefined : { file: images[0], here: x.shape[0] };
    const target = {
      graph: x.graph,
      parameter,
      scope,
      batch,
      tables,
      inputs: new Map([[from, x]]),
    };
    const [found] = buildOnnx(file, target, [to]);
    if (found.flows && found.shape[0] === x.shape[0] && found.shape.length > 1) {
      return found.value();
    }
    throw new InputError(
      `${file.source}: its output is ${formatShape(found.shape)} for ${counted(x.shape[0], "image")}; expected a row or a map for each`,
    );
  };
}

/** The file's net in two parts where its last layer stands behind all else, so that another head fits on it; else in one. */
function partsOf(file: OnnxFile, fresh: ReadonlySet<string> = new Set()): WholeModel | ModelParts {
  const [{ name: images }] = file.inputs;
  const output = outputOf(file);
  const features = featuresOf(file);
  const first = builderOf(file, fresh, images, features ?? output);
  const layer: Layer = (x, scope) => {
    expectShape(file, x.shape);
    return first(x, scope);
  };
  if (features === undefined) return { layer: (x, scope) => rowsOf(layer(x, scope)) };
  const rest = builderOf(file, fresh, features, output);
  return { body: { layer, stages: [] }, head: (x, scope) => rowsOf(rest(x, scope)) };
}

/** Outputs of a file for images of a size. */
function countOutputs(file: OnnxFile, input: readonly [number, number, number]): number {
  const { layer } = assemble(
    { name: file.source, source: file.source, input, outputs: 1 },
    partsOf(file),
  );
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
      ...partsOf(...withOutputs(file, outputs + unnamed, all)),
      ...(told && { defaults: plain }),
    }),
  };
}
