// Weights made by the formula of the golden figures of backbones: the k-th number of a tensor depends on its name and on k
// alone, so that two programs have the same ones without a file.

import { crc32 } from "../../src/tensor/crc32.js";
import { type HostTensor, hostTensor } from "../../src/tensor/host.js";
import { type Shape, sizeOf } from "../../src/tensor/shape.js";

/** Knuth's multiplier of hashing. */
const STEP = 2_654_435_761;

/** The factor and the centre of a tensor's numbers. */
function rangeOf(name: string, shape: Shape): readonly [factor: number, centre: number] {
  const last = name.split(".").at(-1)!;
  if (last === "running_var") return [0.5, 0.75];
  if (last === "running_mean" || last === "bias") return [0.1, 0];
  if (shape.length <= 1) return [0.2, 1];
  return [2 * Math.sqrt(2 / sizeOf(shape.slice(1))), 0];
}

/** Numbers from -0.5 to 0.5 times a factor, around a centre. */
function numbers(name: string, length: number, factor: number, centre: number): Float32Array {
  const values = new Float32Array(length);
  let state = crc32(new TextEncoder().encode(name));
  for (let at = 0; at < length; at++) {
    values[at] = centre + (state / 2 ** 32 - 0.5) * factor;
    state = (state + STEP) >>> 0;
  }
  return values;
}

/** The tensor of a name. */
export const formulaTensor = (name: string, shape: Shape): HostTensor<"f32"> =>
  hostTensor("f32", shape, numbers(name, sizeOf(shape), ...rangeOf(name, shape)));

/** One image [3, size, size]. */
export const formulaImage = (size: number): Float32Array => numbers("x", 3 * size * size, 2, 0);
