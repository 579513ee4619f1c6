// The gradient of a convolution with respect to its images, which is also transposed convolution.

import { formatShape, type Shape, sameShape, sizeOf } from "../../tensor/shape.js";
import { expectDtype } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { slide } from "../window.js";
import { type ConvGeometry, conv2dOp, convolve } from "./conv2d.js";
import { conv2dWeightGrad } from "./conv2dWeightGrad.js";

interface InputGradAttrs extends ConvGeometry {
  /** Shape of the images, [n, c, h, w]. */
  readonly shape: readonly number[];
}

export const conv2dInputGradOp: Op<InputGradAttrs> = {
  name: "conv2dInputGrad",
  infer([dy, w], attrs) {
    expectDtype("conv2dInputGrad", "f32", dy);
    const [forward] = conv2dOp.infer([{ dtype: "f32", shape: attrs.shape }, w], {
      ...attrs,
      activation: "none",
    });
    if (!sameShape(forward.shape, dy.shape)) {
      throw new RangeError(
        `conv2dInputGrad: expected a gradient of ${formatShape(forward.shape)}, found ${formatShape(dy.shape)}`,
      );
    }
    return [{ dtype: "f32", shape: attrs.shape }];
  },
  gradient({ inputs: [dy, w], attrs: { shape: _, ...geometry } }, [grad]) {
    return [convolve(grad!, w, geometry), conv2dWeightGrad(grad!, dy, w.shape, geometry, false)[0]];
  },
  flops: ({ inputs: [dy, w] }) => 2 * sizeOf(dy.shape) * sizeOf(w.shape.slice(1)),
};

/** Gradient of the images of shape `shape`, given that of the convolution's output. */
export const conv2dInputGrad = (dy: Value, w: Value, shape: Shape, geometry: ConvGeometry): Value =>
  apply(conv2dInputGradOp, [dy, w], { ...geometry, shape });

/**
 * Transposed convolution of images [n, c, h, w] with weights [c, o / groups, kh, kw]. `outputPadding`
 * adds rows and columns at the bottom and right, to choose among the sizes a stride allows.
 *
 * @example
 * const x = input(new Graph(), "x", [8, 16, 7, 7]);
 * const w = read(x.graph, "w", [16, 3, 2, 2]);
 * convTranspose2d(x, w, convGeometry({ strides: 2 })).shape; // [8, 3, 14, 14]
 */
export function convTranspose2d(
  x: Value,
  w: Value,
  geometry: ConvGeometry,
  outputPadding: readonly [number, number] = [0, 0],
): Value {
  const { strides, padding, dilation, groups } = geometry;
  const size = [0, 1].map(
    (axis) =>
      (x.shape[axis + 2] - 1) * strides[axis] -
      padding[axis] -
      padding[axis + 2] +
      dilation[axis] * (w.shape[axis + 2] - 1) +
      1 +
      outputPadding[axis],
  );
  slide("convTranspose2d", size, { ...geometry, kernel: w.shape.slice(2) });
  return conv2dInputGrad(x, w, [x.shape[0], w.shape[1] * groups, ...size], geometry);
}
