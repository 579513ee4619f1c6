// Storage in few bits: under a bound of the error, and of small whole numbers; and the statistics that bounds
// are chosen by.

import { compressGrid, gridOfShape, restore } from "../../../tensor/compression/container.js";
import { sizeOf } from "../../../tensor/shape.js";
import type { Kernels } from "./kernel.js";

/** Zeros in all numbers of a value but the first ones. */
function filled(length: number, first: ArrayLike<number>): Float64Array {
  const result = new Float64Array(length);
  result.set(first);
  return result;
}

export const compressionKernels = {
  compress([x, [bound]], { inputs, outputs: [stored] }) {
    const [capacity] = stored.shape;
    const grid = gridOfShape(inputs[0].shape);
    const { bytes, ...told } = compressGrid(Float32Array.from(x), grid, bound, capacity);
    if (bytes.length > capacity) throw new RangeError(`not even zeros fit into ${capacity} bytes`);
    const nonzeros = x.filter((value) => value !== 0).length;
    const report = [told.bound, told.doublings, bytes.length, nonzeros];
    return [filled(capacity, bytes), Float64Array.from(report)];
  },
  restore([stored]) {
    return [Float64Array.from(restore(Uint8Array.from(stored)))];
  },
  norms([x]) {
    const sum = (of: (value: number) => number) => x.reduce((all, value) => all + of(value), 0);
    return [
      Float64Array.of(
        sum(Math.abs),
        sum((value) => value * value),
      ),
    ];
  },
  packBits([x], { inputs, outputs, attrs }) {
    const bits = attrs["bits"] as number;
    const result = new Float64Array(sizeOf(outputs[0].shape));
    const floats = inputs[0].dtype === "f32";
    for (const [at, value] of x.entries()) {
      const number = floats ? Number(value > 0) : value & (2 ** bits - 1);
      result[Math.floor((at * bits) / 8)] += number * 2 ** ((at * bits) % 8);
    }
    return [result];
  },
  unpackBits([stored], { outputs, attrs }) {
    const bits = attrs["bits"] as number;
    const length = sizeOf(outputs[0].shape);
    const numberAt = (at: number) =>
      (stored[Math.floor((at * bits) / 8)] >> ((at * bits) % 8)) & (2 ** bits - 1);
    return [Float64Array.from({ length }, (_, at) => numberAt(at))];
  },
} satisfies Partial<Kernels>;
