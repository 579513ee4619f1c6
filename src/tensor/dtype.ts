// Element types of tensors. Arithmetic is f32; i32 carries labels, u8 stored images and masks. i8 and bf16 are for
// storage and for integer arithmetic: ops take them through a cast.

/**
 * Element type of a tensor: 32-bit float, 32-bit signed, 8-bit unsigned and 8-bit signed integer, and bfloat16, the
 * upper half of a 32-bit float.
 */
export const dtypes = ["f32", "i32", "u8", "i8", "bf16"] as const;
export type DType = (typeof dtypes)[number];

/** The typed arrays that hold each {@link DType} on the host; JavaScript knows bfloat16 as its bits only. */
export interface HostData {
  f32: Float32Array;
  i32: Int32Array;
  u8: Uint8Array;
  i8: Int8Array;
  bf16: Uint16Array;
}

const arrays = {
  f32: Float32Array,
  i32: Int32Array,
  u8: Uint8Array,
  i8: Int8Array,
  bf16: Uint16Array,
} as const satisfies Record<DType, unknown>;

/** Bytes of one element. */
export const bytesOf: Readonly<Record<DType, number>> = { f32: 4, i32: 4, u8: 1, i8: 1, bf16: 2 };

/** Allocates `length` zeros of a type. */
export const zeros = <D extends DType>(dtype: D, length: number): HostData[D] =>
  new arrays[dtype](length) as HostData[D];

/** Elements of a type over memory that they share. */
export const elementsOver = <D extends DType>(
  dtype: D,
  memory: ArrayBuffer,
  length: number,
): HostData[D] => new arrays[dtype](memory, 0, length) as HostData[D];
