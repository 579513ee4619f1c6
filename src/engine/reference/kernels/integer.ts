// Arithmetic on bytes: whole numbers of 32 bits, and numbers rounded to f32 where the op says so. Two numbers of f32
// multiplied, added or divided in double precision and then rounded are what f32 arithmetic gives.

import type { ByteScale, IntegerConvAttrs, IntegerPoolAttrs } from "../../../graph/ops/integer.js";
import { sizeOf } from "../../../tensor/shape.js";
import { walk } from "./conv.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";
import { forEachWindow } from "./pool.js";

const f32 = Math.fround;

/** The nearest whole number, of two the even one. */
function nearest(value: number): number {
  const floor = Math.floor(value);
  const half = value - floor === 0.5;
  return half ? floor + (floor & 1) : Math.round(value);
}

/** A number in units of the result as a byte; NaN as the lowest. */
function byteOf(t: number, zero: number): number {
  const least = Number.isNaN(t) ? -zero : Math.max(t, -zero);
  return nearest(Math.min(least, 255 - zero)) + zero;
}

const quantise: Kernel<ByteScale & Record<string, number>> = ([x], { attrs: { scale, zero } }) => [
  x.map((value) => byteOf(f32(f32(value) / scale), zero)),
];

const dequantise: Kernel<ByteScale & Record<string, number>> = (
  [x],
  { attrs: { scale, zero } },
) => [x.map((byte) => f32((byte - zero) * scale))];

const integerConv2d: Kernel<IntegerConvAttrs> = ([x, w, bias, multiplier, residual], node) => {
  const {
    inputs: [images, weights],
    outputs: [{ shape }],
    attrs,
  } = node;
  const { zero, outZero, residualZero, residualMultiplier, dtype } = attrs;
  const sums = allocate(shape);
  const stride = attrs.strides[1];
  walk(images.shape, weights.shape, shape, attrs, (xAt, wAt, yAt, count) => {
    for (let at = 0; at < count; at++) sums[yAt + at] += (x[xAt + at * stride] - zero) * w[wAt];
  });
  const plane = shape[2] * shape[3];
  return [
    sums.map((sum, at) => {
      const channel = Math.floor(at / plane) % shape[1];
      const whole = (sum + bias[channel]) | 0;
      let t = f32(f32(whole) * f32(multiplier[channel]));
      if (residual) t = f32(t + f32((residual[at] - residualZero) * residualMultiplier));
      return dtype === "f32" ? t : byteOf(t, outZero);
    }),
  ];
};

const integerPool2d: Kernel<IntegerPoolAttrs> = (
  [x],
  { inputs: [image], outputs: [{ shape }], attrs },
) => {
  const { mode, countPadding, zero, outZero, multiplier } = attrs;
  const y = allocate(shape);
  forEachWindow(attrs, image.shape, shape, (at, taps, plane) => {
    const bytes = taps.map(({ pixel }) => x[plane + pixel]);
    if (mode === "largest") {
      y[at] = Math.max(...bytes);
      return;
    }
    const sum = bytes.reduce((all, byte) => all + byte - zero, 0);
    const pixels = countPadding ? sizeOf(attrs.kernel) : taps.length;
    y[at] = byteOf(f32(f32(f32(sum) / pixels) * multiplier), outZero);
  });
  return [y];
};

const integerAdd: Kernel<Record<string, number>> = ([a, b], { attrs }) => [
  a.map((byte, at) => {
    const own = f32((byte - attrs["zero"]) * attrs["multiplier"]);
    const other = f32((b[at] - attrs["otherZero"]) * attrs["otherMultiplier"]);
    return byteOf(f32(own + other), attrs["outZero"]);
  }),
];

export const integerKernels = {
  quantise,
  dequantise,
  integerConv2d,
  integerPool2d,
  integerAdd,
} satisfies Partial<Kernels>;
