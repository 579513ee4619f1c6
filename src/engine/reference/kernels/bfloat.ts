// Storage in 16 bits.

import type { Kernels } from "./kernel.js";

const number = new Float32Array(1);
const bits = new Uint32Array(number.buffer);

/** Upper half of a number's bits, to nearest, ties to even. */
function toBits(value: number): number {
  number[0] = value;
  if (Number.isNaN(value)) return (bits[0] >>> 16) | 0x40;
  return ((bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) >>> 16) & 0xffff;
}

function fromBits(half: number): number {
  bits[0] = half << 16;
  return number[0];
}

export const bfloatKernels = {
  toBf16([x]) {
    const stored = new Float64Array(2 * x.length);
    for (const [at, value] of x.entries()) {
      const half = toBits(value);
      stored[2 * at] = half & 0xff;
      stored[2 * at + 1] = half >> 8;
    }
    return [stored];
  },
  fromBf16([stored]) {
    const pairs = Float64Array.from({ length: stored.length / 2 }, (_, at) =>
      fromBits(stored[2 * at] | (stored[2 * at + 1] << 8)),
    );
    return [pairs];
  },
} satisfies Partial<Kernels>;
