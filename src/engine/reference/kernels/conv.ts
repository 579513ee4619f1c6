// Convolution and its two gradients: three sums over the same triples of elements (one of the
// images, one of the weights, one of the output), so one walk over the triples serves all.

import type { Activation } from "../../../graph/activation.js";
import type { ConvGeometry } from "../../../graph/ops/conv.js";
import type { Shape } from "../../../tensor/shape.js";
import { activated } from "./activation.js";
import { allocate } from "./indexing.js";
import type { Kernel, Kernels } from "./kernel.js";

/**
 * A run of triples along a row: elements `y .. y + count - 1` of the output meet elements
 * `x, x + stride, ...` of the images under the one weight `w`.
 */
type Visit = (x: number, w: number, y: number, count: number) => void;

/** Outputs `[first, end)` along one axis whose tap lies inside the image. */
function inside(tap: number, stride: number, padding: number, size: number, outputs: number) {
  const first = Math.max(0, Math.ceil((padding - tap) / stride));
  const end = Math.min(outputs, Math.floor((size - 1 + padding - tap) / stride) + 1);
  return [first, end] as const;
}

/** Visits every triple; x [n, c, h, w], w [o, c / groups, kh, kw], y [n, o, oh, ow]. */
export function walk(x: Shape, w: Shape, y: Shape, geometry: ConvGeometry, visit: Visit): void {
  const { strides, padding, dilation, groups } = geometry;
  const [outputs, perGroup, kernelHeight, kernelWidth] = w;
  const [, channels, height, width] = x;
  const [batch, , outHeight, outWidth] = y;
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outputs; o++) {
      const firstChannel = Math.floor((o * groups) / outputs) * perGroup;
      for (let tap = 0; tap < perGroup * kernelHeight * kernelWidth; tap++) {
        const kx = tap % kernelWidth;
        const ky = Math.floor(tap / kernelWidth) % kernelHeight;
        const c = firstChannel + Math.floor(tap / (kernelWidth * kernelHeight));
        const [top, bottom] = inside(ky * dilation[0], strides[0], padding[0], height, outHeight);
        const [left, right] = inside(kx * dilation[1], strides[1], padding[1], width, outWidth);
        if (left >= right) continue;
        const weight = o * perGroup * kernelHeight * kernelWidth + tap;
        const column = left * strides[1] - padding[1] + kx * dilation[1];
        for (let oy = top; oy < bottom; oy++) {
          const row = oy * strides[0] - padding[0] + ky * dilation[0];
          const image = ((n * channels + c) * height + row) * width + column;
          const output = ((n * outputs + o) * outHeight + oy) * outWidth + left;
          visit(image, weight, output, right - left);
        }
      }
    }
  }
}

type Finished = ConvGeometry & { readonly activation: Activation };

const conv2d: Kernel<Finished> = ([x, w, bias, residual], node) => {
  const {
    inputs: [images, weights],
    outputs: [{ shape }],
    attrs,
  } = node;
  const y = allocate(shape);
  const plane = shape[2] * shape[3];
  if (bias) for (let at = 0; at < y.length; at++) y[at] = bias[Math.floor(at / plane) % shape[1]];
  const stride = attrs.strides[1];
  walk(images.shape, weights.shape, shape, attrs, (xAt, wAt, yAt, count) => {
    for (let at = 0; at < count; at++) y[yAt + at] += x[xAt + at * stride] * w[wAt];
  });
  if (residual) for (let at = 0; at < y.length; at++) y[at] += residual[at];
  return [activated(attrs.activation, y)];
};

const conv2dInputGrad: Kernel<ConvGeometry> = ([dy, w], node) => {
  const {
    inputs: [grad, weights],
    outputs: [{ shape }],
    attrs,
  } = node;
  const dx = allocate(shape);
  const stride = attrs.strides[1];
  walk(shape, weights.shape, grad.shape, attrs, (xAt, wAt, yAt, count) => {
    for (let at = 0; at < count; at++) dx[xAt + at * stride] += dy[yAt + at] * w[wAt];
  });
  return [dx];
};

const conv2dWeightGrad: Kernel<ConvGeometry & { readonly bias: boolean }> = ([x, dy], node) => {
  const {
    inputs: [images, grad],
    outputs: [{ shape }],
    attrs,
  } = node;
  const dw = allocate(shape);
  const stride = attrs.strides[1];
  walk(images.shape, shape, grad.shape, attrs, (xAt, wAt, yAt, count) => {
    for (let at = 0; at < count; at++) dw[wAt] += x[xAt + at * stride] * dy[yAt + at];
  });
  if (!attrs.bias) return [dw];
  const db = new Float64Array(shape[0]);
  const plane = grad.shape[2] * grad.shape[3];
  for (let at = 0; at < dy.length; at++) db[Math.floor(at / plane) % shape[0]] += dy[at];
  return [dw, db];
};

export const convKernels = { conv2d, conv2dInputGrad, conv2dWeightGrad } satisfies Partial<Kernels>;
