// Element types of tensors. Arithmetic is f32; i32 carries labels and u8 carries stored images and masks.

/** Element type of a tensor: 32-bit float, 32-bit signed integer, or 8-bit unsigned integer. */
export type DType = "f32" | "i32" | "u8";

/** The typed arrays that hold each {@link DType} on the host. */
export interface HostData {
  f32: Float32Array;
  i32: Int32Array;
  u8: Uint8Array;
}

/** Bytes of one element. */
export const bytesOf: Readonly<Record<DType, number>> = { f32: 4, i32: 4, u8: 1 };

/** Allocates `length` zeros of a type. */
export function zeros<D extends DType>(dtype: D, length: number): HostData[D] {
  const make = { f32: Float32Array, i32: Int32Array, u8: Uint8Array } as const;
  return new make[dtype](length) as HostData[D];
}
