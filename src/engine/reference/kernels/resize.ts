// Resizing and its adjoint. An output pixel is a weighted sum of input pixels, axis by axis.

import type { ResizeAttrs, ResizeMode } from "../../../graph/ops/resize.js";
import type { Shape } from "../../../tensor/shape.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

/** An input coordinate and its weight. */
type Share = readonly [at: number, weight: number];

/** The shares of one output coordinate when an axis goes from `from` to `to` pixels. */
const shares: Readonly<Record<ResizeMode, (out: number, from: number, to: number) => Share[]>> = {
  // Whole-number arithmetic, so that no rounding moves a pixel whose centre falls on an edge.
  nearest: (out, from, to) => [[Math.floor(((2 * out + 1) * from) / (2 * to)), 1]],
  bilinear(out, from, to) {
    const centre = Math.max(0, ((out + 0.5) * from) / to - 0.5);
    const first = Math.floor(centre);
    const second = Math.min(first + 1, from - 1);
    return [
      [first, 1 - (centre - first)],
      [second, centre - first],
    ];
  },
};

/** Calls `visit` for each pair of a small-side and a resized element that meet. */
function walk(
  image: Shape,
  resized: Shape,
  mode: ResizeMode,
  visit: (image: number, resized: number, weight: number) => void,
): void {
  const [batch, channels, height, width] = image;
  const [, , outHeight, outWidth] = resized;
  const rows = Array.from({ length: outHeight }, (_, y) => shares[mode](y, height, outHeight));
  const columns = Array.from({ length: outWidth }, (_, x) => shares[mode](x, width, outWidth));
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const [y, row] of rows.entries()) {
      for (const [x, column] of columns.entries()) {
        const out = (plane * outHeight + y) * outWidth + x;
        for (const [fromY, weightY] of row) {
          for (const [fromX, weightX] of column) {
            visit((plane * height + fromY) * width + fromX, out, weightY * weightX);
          }
        }
      }
    }
  }
}

const resize: Kernel<ResizeAttrs> = ([x], { inputs, outputs, attrs }) => {
  const y = allocate(outputs[0].shape);
  walk(inputs[0].shape, outputs[0].shape, attrs.mode, (from, to, weight) => {
    y[to] += weight * x[from];
  });
  return [y];
};

const resizeGrad: Kernel<ResizeAttrs> = ([dy], { inputs, outputs, attrs }) => {
  const dx = allocate(outputs[0].shape);
  walk(outputs[0].shape, inputs[0].shape, attrs.mode, (from, to, weight) => {
    dx[from] += weight * dy[to];
  });
  return [dx];
};

export const resizeKernels = { resize, resizeGrad } satisfies Partial<Kernels>;
