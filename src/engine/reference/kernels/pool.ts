// Pooling and its gradients. Which input pixels an output pixel sees is worked out once for a plane
// and used for every channel of every image.

import type { AvgPoolAttrs, PoolAttrs } from "../../../graph/ops/pool.js";
import type { Window } from "../../../graph/window.js";
import { type Shape, sizeOf } from "../../../tensor/shape.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

/** One pixel that a window sees: its place in the plane and its number in the window. */
interface Tap {
  readonly pixel: number;
  readonly number: number;
}

/** The taps inside the image of each output pixel; window numbers count row-major. */
function tapsOf(window: Window, image: Shape, output: Shape): Tap[][] {
  const [height, width] = image.slice(2);
  const [outHeight, outWidth] = output.slice(2);
  const { kernel, strides, padding } = window;
  return Array.from({ length: outHeight * outWidth }, (_, out) => {
    const top = Math.floor(out / outWidth) * strides[0] - padding[0];
    const left = (out % outWidth) * strides[1] - padding[1];
    return Array.from({ length: sizeOf(kernel) }, (_, number) => {
      const y = top + Math.floor(number / kernel[1]);
      const x = left + (number % kernel[1]);
      const seen = y >= 0 && y < height && x >= 0 && x < width;
      return { pixel: seen ? y * width + x : -1, number };
    }).filter(({ pixel }) => pixel >= 0);
  });
}

/** Calls `visit` for every output element with its taps and where its image plane starts. */
export function forEachWindow(
  window: Window,
  image: Shape,
  output: Shape,
  visit: (at: number, taps: readonly Tap[], plane: number) => void,
): void {
  const taps = tapsOf(window, image, output);
  const area = image[2] * image[3];
  for (let at = 0; at < sizeOf(output); at++) {
    visit(at, taps[at % taps.length], Math.floor(at / taps.length) * area);
  }
}

const maxPool2d: Kernel<PoolAttrs> = ([x], { inputs: [image], outputs: [{ shape }], attrs }) => {
  const y = allocate(shape);
  const winners = allocate(shape);
  forEachWindow(attrs, image.shape, shape, (at, taps, plane) => {
    let winner = taps[0];
    for (const tap of taps) if (x[plane + tap.pixel] > x[plane + winner.pixel]) winner = tap;
    y[at] = x[plane + winner.pixel];
    winners[at] = winner.number;
  });
  return [y, winners];
};

const maxPool2dGrad: Kernel<PoolAttrs> = ([dy, winners], { inputs: [grad], outputs, attrs }) => {
  const { shape } = outputs[0];
  const dx = allocate(shape);
  forEachWindow(attrs, shape, grad.shape, (at, taps, plane) => {
    const winner = taps.find(({ number }) => number === winners[at]);
    if (winner) dx[plane + winner.pixel] += dy[at];
  });
  return [dx];
};

const divisor = ({ countPadding, kernel }: AvgPoolAttrs, taps: readonly Tap[]) =>
  countPadding ? sizeOf(kernel) : taps.length;

const avgPool2d: Kernel<AvgPoolAttrs> = ([x], { inputs: [image], outputs: [{ shape }], attrs }) => {
  const y = allocate(shape);
  forEachWindow(attrs, image.shape, shape, (at, taps, plane) => {
    for (const { pixel } of taps) y[at] += x[plane + pixel] / divisor(attrs, taps);
  });
  return [y];
};

const avgPool2dGrad: Kernel<AvgPoolAttrs> = ([dy], { inputs: [grad], outputs, attrs }) => {
  const { shape } = outputs[0];
  const dx = allocate(shape);
  forEachWindow(attrs, shape, grad.shape, (at, taps, plane) => {
    for (const { pixel } of taps) dx[plane + pixel] += dy[at] / divisor(attrs, taps);
  });
  return [dx];
};

export const poolKernels = {
  maxPool2d,
  maxPool2dGrad,
  avgPool2d,
  avgPool2dGrad,
} satisfies Partial<Kernels>;
