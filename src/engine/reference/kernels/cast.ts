// Numbers in another element type; see the op for what becomes of those that do not fit.

import type { DType } from "../../../tensor/dtype.js";
import type { Kernel, Kernels } from "./kernel.js";

/** Towards zero, to the nearest end of a range; NaN becomes 0. */
const whole = (low: number, high: number) => (value: number) =>
  Number.isNaN(value) ? 0 : Math.min(Math.max(Math.trunc(value), low), high) + 0;

const rounded: Readonly<Record<DType, (value: number) => number>> = {
  f32: (value) => value,
  i32: whole(-(2 ** 31), 2 ** 31 - 1),
  u8: whole(0, 255),
  i8: whole(-128, 127),
  bf16: (value) => value, // rounded as everything that is stored so, see interpret.ts
};

const cast: Kernel<{ readonly dtype: DType }> = ([x], { attrs }) => [x.map(rounded[attrs.dtype])];

export const castKernels = { cast } satisfies Partial<Kernels>;
