// Number types found in files and the element types they become: wider integers must fit 32 bits,
// floats become f32.

import { type DType, zeros } from "./dtype.js";
import { type HostTensor, hostTensor } from "./host.js";
import { type Shape, sizeOf } from "./shape.js";

interface Stored {
  readonly bytes: number;
  readonly dtype: DType;
  get(view: DataView, byte: number, littleEndian: boolean): number;
}

/** IEEE 754 half precision. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of an f32. */
function brainFloat(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** Every type that can be read. */
export const storedTypes = {
  bool: { bytes: 1, dtype: "u8", get: (view, at) => (view.getUint8(at) ? 1 : 0) },
  u8: { bytes: 1, dtype: "u8", get: (view, at) => view.getUint8(at) },
  i8: { bytes: 1, dtype: "i32", get: (view, at) => view.getInt8(at) },
  u16: { bytes: 2, dtype: "i32", get: (view, at, little) => view.getUint16(at, little) },
  i16: { bytes: 2, dtype: "i32", get: (view, at, little) => view.getInt16(at, little) },
  u32: { bytes: 4, dtype: "i32", get: (view, at, little) => view.getUint32(at, little) },
  i32: { bytes: 4, dtype: "i32", get: (view, at, little) => view.getInt32(at, little) },
  u64: { bytes: 8, dtype: "i32", get: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i64: { bytes: 8, dtype: "i32", get: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f16: { bytes: 2, dtype: "f32", get: (view, at, little) => half(view.getUint16(at, little)) },
  bf16: {
    bytes: 2,
    dtype: "f32",
    get: (view, at, little) => brainFloat(view.getUint16(at, little)),
  },
  f32: { bytes: 4, dtype: "f32", get: (view, at, little) => view.getFloat32(at, little) },
  f64: { bytes: 8, dtype: "f32", get: (view, at, little) => view.getFloat64(at, little) },
} as const satisfies Record<string, Stored>;

export type StoredType = keyof typeof storedTypes;

/**
 * Decodes the bytes of a whole tensor. `fail` is called for an integer over 32 bits with its byte.
 *
 * @throws what `fail` throws.
 */
export function decode(
  bytes: Uint8Array,
  type: StoredType,
  shape: Shape,
  littleEndian: boolean,
  fail: (byte: number, message: string) => never,
): HostTensor {
  const { bytes: size, dtype, get }: Stored = storedTypes[type];
  const data = zeros(dtype, sizeOf(shape));
  if (type === dtype && littleEndian) {
    new Uint8Array(data.buffer).set(bytes);
    return hostTensor(dtype, shape, data);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < data.length; at++) {
    const value = get(view, at * size, littleEndian);
    if (dtype === "i32" && value !== (value | 0)) {
      fail(at * size, `element ${at} is ${value}, which does not fit a 32-bit integer`);
    }
    data[at] = value;
  }
  return hostTensor(dtype, shape, data);
}
