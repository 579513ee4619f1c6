// Tensors in the memory of the host: what files are read into and written from.

import { floatsOf } from "./bfloat16.js";
import { type DType, type HostData, zeros } from "./dtype.js";
import { formatShape, type Shape, sizeOf } from "./shape.js";

/** Elements in row-major order with their type and shape. */
export interface HostTensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: HostData[D];
}

/**
 * A tensor over the elements given, which are not copied; zeros by default.
 *
 * @throws RangeError when there are not as many elements as the shape has.
 * @example
 * hostTensor("f32", [2, 3]).data.length; // 6
 */
export function hostTensor<D extends DType>(
  dtype: D,
  shape: Shape,
  data: HostData[D] = zeros(dtype, sizeOf(shape)),
): HostTensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`a tensor of ${formatShape(shape)} over ${data.length} elements`);
  }
  return { dtype, shape, data };
}

/**
 * A tensor in a type that carries numbers as they are: i8 becomes i32 and bf16 f32, all others are given back.
 *
 * @example
 * widened(hostTensor("i8", [2], Int8Array.of(-1, 1))).dtype; // "i32"
 */
export function widened({ dtype, shape, data }: HostTensor): HostTensor<"f32" | "i32" | "u8"> {
  if (dtype === "i8") return hostTensor("i32", shape, Int32Array.from(data));
  if (dtype === "bf16") return hostTensor("f32", shape, floatsOf(data));
  return { dtype, shape, data } as HostTensor<"f32" | "i32" | "u8">;
}

/** The bytes of a tensor's elements, not copied. All machines Convoy runs on are little-endian. */
export const bytesOfTensor = ({ data }: HostTensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Tensors to be written under their names; throws a RangeError for two of one name, of which one would be lost. */
export function distinct<T>(tensors: Iterable<readonly [string, T]>): (readonly [string, T])[] {
  const all = [...tensors];
  const seen = new Set<string>();
  for (const [name] of all) {
    if (seen.has(name)) throw new RangeError(`two tensors are called "${name}"`);
    seen.add(name);
  }
  return all;
}
