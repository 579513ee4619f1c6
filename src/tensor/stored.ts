// Number types found in files and the element types they become: those that there are stay, other integers must fit
// 32 bits, other floats become f32.

import { type DType, type HostData, zeros } from "./dtype.js";
import { type HostTensor, hostTensor } from "./host.js";
import { type Shape, sizeOf } from "./shape.js";

/** Words of a type as they lie in memory. */
type Words =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

interface Stored {
  /** Of one element. */
  readonly bytes: number;
  readonly dtype: DType;
  /** Elements as words; of 64-bit integers two words each, the lower first. */
  readonly words: new (
    buffer: ArrayBuffer,
  ) => Words;
  /** The element at a position, where it is not simply the word there. */
  readonly value?: (words: Words, at: number) => number;
}

/** IEEE 754 half precision. */
export function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = (words: Words, at: number) => words[at];

/** Every type that can be read. */
export const storedTypes = {
  bool: { bytes: 1, dtype: "u8", words: Uint8Array, value: (words, at) => (words[at] ? 1 : 0) },
  u8: { bytes: 1, dtype: "u8", words: Uint8Array },
  i8: { bytes: 1, dtype: "i8", words: Int8Array },
  u16: { bytes: 2, dtype: "i32", words: Uint16Array },
  i16: { bytes: 2, dtype: "i32", words: Int16Array },
  u32: { bytes: 4, dtype: "i32", words: Uint32Array, value: word },
  i32: { bytes: 4, dtype: "i32", words: Int32Array },
  u64: {
    bytes: 8,
    dtype: "i32",
    words: Uint32Array,
    value: (words, at) => words[2 * at + 1] * 2 ** 32 + words[2 * at],
  },
  i64: {
    bytes: 8,
    dtype: "i32",
    words: Int32Array,
    value: (words, at) => words[2 * at + 1] * 2 ** 32 + (words[2 * at] >>> 0),
  },
  f16: { bytes: 2, dtype: "f32", words: Uint16Array, value: (words, at) => half(words[at]) },
  bf16: { bytes: 2, dtype: "bf16", words: Uint16Array },
  f32: { bytes: 4, dtype: "f32", words: Float32Array },
  f64: { bytes: 8, dtype: "f32", words: Float64Array, value: word },
} as const satisfies Record<string, Stored>;

export type StoredType = keyof typeof storedTypes;

/** What does not become another number: integers of 32 bits, and floats that an f32 reaches. */
const fits: Readonly<Record<DType, (value: number) => boolean>> = {
  u8: () => true,
  i8: () => true,
  bf16: () => true,
  i32: (value) => value === (value | 0),
  f32: (value) => !Number.isFinite(value) || Number.isFinite(Math.fround(value)),
};

/** How decoding goes about it. */
export interface Decoding {
  readonly littleEndian: boolean;
  /** The bytes are the caller's own: elements that need no change may stay where they are. */
  readonly share?: boolean;
  /** Called for a number that does not fit, with its byte, and for more elements than memory holds. */
  fail(byte: number, message: string): never;
}

/** Elements are brought to their words' alignment and byte order so many bytes at a time. */
const CHUNK = 1 << 16;

/** Zeros, or a failure in words when there is no memory for them. */
function allocate<D extends DType>(dtype: D, shape: Shape, fail: Decoding["fail"]): HostData[D] {
  try {
    return zeros(dtype, sizeOf(shape));
  } catch {
    return fail(0, `${sizeOf(shape)} elements are more than the memory holds`);
  }
}

function reverseEach(bytes: Uint8Array, size: number): void {
  for (let from = 0; from < bytes.length; from += size) bytes.subarray(from, from + size).reverse();
}

/** Converts elements chunk by chunk. */
function convert(
  bytes: Uint8Array,
  type: StoredType,
  to: HostData[DType],
  { littleEndian, fail }: Decoding,
): void {
  const { bytes: size, dtype, words: Words, value }: Stored = storedTypes[type];
  const chunk = new Uint8Array(CHUNK);
  const words = new Words(chunk.buffer);
  const isFit = fits[dtype];
  for (let first = 0; first < to.length; first += CHUNK / size) {
    const part = bytes.subarray(first * size, first * size + CHUNK);
    const count = part.length / size;
    chunk.set(part);
    if (!littleEndian) reverseEach(chunk.subarray(0, part.length), size);
    if (!value) {
      to.set(words.subarray(0, count), first);
      continue;
    }
    for (let at = 0; at < count; at++) {
      const element = value(words, at);
      if (!isFit(element)) {
        const kind = dtype === "i32" ? "a 32-bit integer" : "a 32-bit float";
        fail(
          (first + at) * size,
          `element ${first + at} is ${element}, which does not fit ${kind}`,
        );
      }
      to[first + at] = element;
    }
  }
}

/**
 * Decodes the bytes of a whole tensor; they must be as many as its shape needs.
 *
 * @throws what `fail` throws.
 */
export function decode(
  bytes: Uint8Array,
  type: StoredType,
  shape: Shape,
  decoding: Decoding,
): HostTensor {
  const { bytes: size, dtype, words: Words }: Stored = storedTypes[type];
  const same = type === dtype && (decoding.littleEndian || size === 1);
  if (same && decoding.share && bytes.byteOffset % size === 0) {
    const View = Words as new (buffer: ArrayBufferLike, from: number, length: number) => Words;
    const data = new View(bytes.buffer, bytes.byteOffset, bytes.length / size);
    return hostTensor(dtype, shape, data as HostData[DType]);
  }
  const data = allocate(dtype, shape, decoding.fail);
  if (same) new Uint8Array(data.buffer).set(bytes);
  else convert(bytes, type, data, decoding);
  return hostTensor(dtype, shape, data);
}
