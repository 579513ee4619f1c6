// TensorFlow Lite files (.tflite): a FlatBuffer of tensors and of the operators between them, by the schema of
// github.com/tensorflow/tensorflow, lite/schema/schema.fbs, version 3. Only what weights need is read.

import { rootTable } from "./flatbuffer.js";
import { FormatError } from "./formatError.js";
import { formatShape, type Shape, sizeOf } from "./shape.js";

/** A tensor of the first subgraph. */
export interface TfliteTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly type: number;
  /** Empty for one that is worked out; not copied. */
  readonly data: Uint8Array;
  /** number = (stored - zero point) * scale; one of each, or one for each place along `axis`; none if not quantised. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/** An operator with the places of its tensors; -1 for none. */
export interface TfliteOperator {
  readonly code: number;
  readonly inputs: readonly number[];
}

/** What of a file is read. */
export interface Tflite {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
}

/** Operators that have weights. */
export const CONV_2D = 3;
export const DEPTHWISE_CONV_2D = 4;

const MAGIC = [0x54, 0x46, 0x4c, 0x33];

/** Whether bytes begin as a file of this kind does: "TFL3" behind the first four. */
export const isTflite = (bytes: Uint8Array): boolean =>
  MAGIC.every((byte, at) => bytes[4 + at] === byte);

/** Element types whose numbers can be read. */
const readers: Readonly<
  Record<number, { bytes: number; read: (view: DataView, at: number) => number }>
> = {
  0: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  2: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  3: { bytes: 1, read: (view, at) => view.getUint8(at) },
  9: { bytes: 1, read: (view, at) => view.getInt8(at) },
};

/**
 * Tensors and operators of a file, in their order.
 *
 * @param source name for messages
 * @throws FormatError when it is damaged, or no such file.
 */
export function readTflite(bytes: Uint8Array, source: string): Tflite {
  if (!isTflite(bytes))
    throw new FormatError(source, 4, 'expected "TFL3": no TensorFlow Lite file');
  const model = rootTable(bytes, source);
  const buffers = model.tables(4);
  const codes = model
    .tables(1)
    .map((code) => Math.max(code.number(0, "i8"), code.number(3, "i32")));
  const [graph] = model.tables(2);
  if (!graph) throw new FormatError(source, 8, "it has no graph");
  const tensors = graph.tables(0).map((tensor) => {
    const quantisation = tensor.table(4);
    return {
      name: tensor.text(3),
      shape: tensor.numbers(0, "i32"),
      type: tensor.number(1, "i8"),
      data: buffers[tensor.number(2, "u32")]?.bytes(0) ?? new Uint8Array(),
      scales: quantisation?.numbers(2, "f32") ?? [],
      zeroPoints: quantisation?.numbers(3, "i64") ?? [],
      axis: quantisation?.number(6, "i32") ?? 0,
    };
  });
  const operators = graph.tables(3).map((operator) => ({
    code: codes[operator.number(0, "u32")] ?? -1,
    inputs: operator.numbers(1, "i32"),
  }));
  return { tensors, operators };
}

/**
 * The numbers that a tensor stands for, quantised or not, row-major.
 *
 * @throws FormatError for a type without numbers, and for stored bytes or scales that are not as many as the shape says.
 */
export function numbersOf(tensor: TfliteTensor, source: string): Float32Array {
  const { name, shape, type, data, scales, zeroPoints, axis } = tensor;
  const fail = (message: string): never => {
    throw new FormatError(source, 0, `tensor "${name}" ${formatShape(shape)}: ${message}`);
  };
  const reader = readers[type];
  if (!reader) return fail(`type ${type}; readable are f32, i32, u8 and i8 (0, 2, 3, 9)`);
  const size = sizeOf(shape);
  if (shape.some((side) => side < 0) || data.length !== size * reader.bytes) {
    return fail(`${data.length} bytes are stored for ${size} elements of ${reader.bytes} each`);
  }
  const places = scales.length > 1 ? shape[axis] : 1;
  if (scales.length > 0 && scales.length !== places) {
    return fail(`${scales.length} scales; expected 1, or ${shape[axis] ?? 1} along axis ${axis}`);
  }
  const run = sizeOf(shape.slice(axis + 1));
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: size }, (_, at) => {
    const stored = reader.read(view, at * reader.bytes);
    if (scales.length === 0) return stored;
    const place = places === 1 ? 0 : Math.floor(at / run) % places;
    return (stored - (zeroPoints[place] ?? 0)) * scales[place];
  });
}
