// The elements of ONNX tensors as numbers.

import { fromBfloat16 } from "../bfloat16.js";
import { FormatError } from "../formatError.js";
import { formatShape, type Shape, sizeOf } from "../shape.js";
import { half } from "../stored.js";
import type { TensorProto } from "./schema.js";

/** Numbers as they lie in memory. */
type Words = ArrayLike<number> | ArrayLike<bigint>;

interface Element {
  readonly id: number;
  readonly bytes: number;
  /** Numbers of whole elements as they lie in memory. */
  words(buffer: ArrayBuffer): Words;
  /** The number of a word, where that is not the word itself. */
  readonly number?: (word: number) => number;
  /** A number as this type holds it: whole ones wrap round. */
  readonly store: (value: number) => number;
}

const wrapped =
  (bits: number, signed: boolean) =>
  (value: number): number => {
    const whole = BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
    return Number(signed ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole));
  };

/** Element types by their usual names. Whole numbers of 64 bits are the nearest that JavaScript has. */
export const elements = {
  f32: { id: 1, bytes: 4, words: (buffer) => new Float32Array(buffer), store: Math.fround },
  u8: {
    id: 2,
    bytes: 1,
    words: (buffer) => new Uint8Array(buffer),
    store: (value) => value & 0xff,
  },
  i8: {
    id: 3,
    bytes: 1,
    words: (buffer) => new Int8Array(buffer),
    store: (value) => (value << 24) >> 24,
  },
  u16: {
    id: 4,
    bytes: 2,
    words: (buffer) => new Uint16Array(buffer),
    store: (value) => value & 0xffff,
  },
  i16: {
    id: 5,
    bytes: 2,
    words: (buffer) => new Int16Array(buffer),
    store: (value) => (value << 16) >> 16,
  },
  i32: { id: 6, bytes: 4, words: (buffer) => new Int32Array(buffer), store: wrapped(32, true) },
  i64: { id: 7, bytes: 8, words: (buffer) => new BigInt64Array(buffer), store: wrapped(64, true) },
  bool: {
    id: 9,
    bytes: 1,
    words: (buffer) => new Uint8Array(buffer),
    store: (value) => (value ? 1 : 0),
  },
  f16: {
    id: 10,
    bytes: 2,
    words: (buffer) => new Uint16Array(buffer),
    number: half,
    store: Math.fround,
  },
  f64: { id: 11, bytes: 8, words: (buffer) => new Float64Array(buffer), store: (value) => value },
  u32: { id: 12, bytes: 4, words: (buffer) => new Uint32Array(buffer), store: wrapped(32, false) },
  u64: {
    id: 13,
    bytes: 8,
    words: (buffer) => new BigUint64Array(buffer),
    store: wrapped(64, false),
  },
  bf16: {
    id: 16,
    bytes: 2,
    words: (buffer) => new Uint16Array(buffer),
    number: fromBfloat16,
    store: Math.fround,
  },
} as const satisfies Record<string, Element>;

/** Name of an element type. */
export type ElementType = keyof typeof elements;

/** A tensor of any type, its elements as numbers in row-major order; of f32 a Float32Array. */
export interface OnnxTensor {
  readonly type: ElementType;
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
}

/** The type that a file tells by a number; `undefined` for one that nobody computes with. */
export const elementType = (id: number): ElementType | undefined =>
  (Object.keys(elements) as ElementType[]).find((name) => elements[name].id === id);

/** Room for elements of a type. */
export const newData = (type: ElementType, length: number): OnnxTensor["data"] =>
  type === "f32" ? new Float32Array(length) : new Float64Array(length);

/** A tensor of numbers, each as its type holds it. */
export function onnxTensor(
  type: ElementType,
  shape: Shape,
  numbers: ArrayLike<number>,
): OnnxTensor {
  const data = newData(type, numbers.length);
  const { store } = elements[type];
  for (let at = 0; at < data.length; at++) data[at] = store(numbers[at]);
  return { type, shape, data };
}

/** Fields of numbers by the types that they are for. */
function numbersIn(proto: TensorProto, type: ElementType): ArrayLike<number> {
  if (type === "f32") return proto.float_data ?? [];
  if (type === "f64") return proto.double_data ?? [];
  if (type === "i64") return proto.int64_data ?? [];
  if (type === "u32" || type === "u64") return proto.uint64_data ?? [];
  return proto.int32_data ?? [];
}

/**
 * The elements of a tensor.
 *
 * @param source name for messages
 * @throws FormatError for a type without numbers, elements in another file, and more or fewer than its shape has.
 */
export function readTensor(proto: TensorProto, source: string): OnnxTensor {
  const { name = "", dims = [], data_type: id = 0, raw_data: raw, data_location: place } = proto;
  const fail = (message: string): never => {
    throw new FormatError(source, 0, `tensor "${name}" ${formatShape(dims)}: ${message}`);
  };
  if (place === 1) fail("its elements stand in another file; save the model as one file");
  const type =
    elementType(id) ?? fail(`element type ${id}; readable are ${Object.keys(elements).join(", ")}`);
  if (dims.some((size) => !Number.isSafeInteger(size) || size < 0)) fail("no shape");
  const { bytes, words, number }: Element = elements[type];
  const size = sizeOf(dims);
  if (raw && raw.length > 0) {
    if (raw.length !== size * bytes) {
      fail(`expected ${size} elements of ${bytes} bytes, found ${raw.length} bytes`);
    }
    const stored = words(new Uint8Array(raw).buffer);
    const data = newData(type, size);
    for (let at = 0; at < size; at++) data[at] = Number(stored[at]);
    return { type, shape: dims, data: number ? data.map(number) : data };
  }
  const listed = numbersIn(proto, type);
  if (listed.length !== size) fail(`expected ${size} elements, found ${listed.length}`);
  const data = newData(type, size);
  for (let at = 0; at < size; at++) data[at] = number ? number(listed[at]) : listed[at];
  return { type, shape: dims, data };
}

/** How elements are written. */
const writers: Partial<Record<ElementType, (data: ArrayLike<number>) => ArrayBufferView>> = {
  f32: (data) => (data instanceof Float32Array ? data : Float32Array.from(data)),
  u8: (data) => Uint8Array.from(data),
  i8: (data) => Int8Array.from(data),
  i32: (data) => Int32Array.from(data),
  i64: (data) => BigInt64Array.from(Array.from(data, BigInt)),
  bool: (data) => Uint8Array.from(data),
};

/** A tensor as a file holds it, its elements as they lie in memory: f32, u8, i8, i32, i64 or bool. */
export function writeTensor(
  name: string,
  type: keyof typeof writers,
  dims: Shape,
  data: ArrayLike<number>,
): TensorProto {
  const { buffer, byteOffset, byteLength } = writers[type]!(data);
  return {
    dims,
    data_type: elements[type].id,
    name,
    raw_data: new Uint8Array(buffer, byteOffset, byteLength),
  };
}
