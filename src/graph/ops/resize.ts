// Resizing of images by the nearest or the bilinear rule, with pixel centres at half-integers
// (`align_corners=False` elsewhere).

import { type Shape, sizeOf } from "../../tensor/shape.js";
import { apply, type Op, type TensorType, type Value } from "../graph.js";
import { expectImages } from "../window.js";

/** How a resized pixel is worked out. */
export type ResizeMode = "nearest" | "bilinear";

export interface ResizeAttrs extends Record<string, string | readonly number[]> {
  readonly mode: ResizeMode;
  /** [height, width] of the result. */
  readonly size: readonly number[];
}

/** Shape of resized images; throws for what is none, or no size. */
export function resized(op: string, x: TensorType, size: readonly number[]): Shape {
  expectImages(op, x);
  if (size.length !== 2 || !size.every((n) => Number.isInteger(n) && n > 0)) {
    throw new RangeError(`${op}: expected a size of [height, width], found [${size}]`);
  }
  return [x.shape[0], x.shape[1], ...size];
}

export const resizeOp: Op<ResizeAttrs> = {
  name: "resize",
  takesHalf: true,
  infer([x], { size }) {
    return [{ dtype: "f32", shape: resized("resize", x, size) }];
  },
  gradient: ({ inputs: [x], attrs: { mode } }, [dy]) => [resizeGrad(dy!, x.shape.slice(2), mode)],
  flops: ({ outputs: [y], attrs: { mode } }) => (mode === "bilinear" ? 8 : 0) * sizeOf(y.shape),
};

/**
 * Images [n, c, h, w] at `size` [height, width]. Pixel centres lie at half-integers in both modes.
 *
 * @throws RangeError for anything but images, or a size that is not two whole numbers from 1.
 * @example
 * resize(input(new Graph(), "x", [1, 3, 7, 9]), [14, 18], "bilinear").shape; // [1, 3, 14, 18]
 */
export const resize = (x: Value, size: readonly number[], mode: ResizeMode): Value =>
  apply(resizeOp, [x], { mode, size });

export const resizeGradOp: Op<ResizeAttrs> = {
  name: "resizeGrad",
  takesHalf: true,
  infer: ([dy], { size }) => [{ dtype: "f32", shape: resized("resizeGrad", dy, size) }],
  gradient: ({ inputs: [dy], attrs: { mode } }, [grad]) => [resize(grad!, dy.shape.slice(2), mode)],
  flops: ({ inputs: [dy], attrs: { mode } }) => (mode === "bilinear" ? 8 : 1) * sizeOf(dy.shape),
};

/** Gradient of images of [height, width] `size`, given that of the resized ones. */
export const resizeGrad = (dy: Value, size: readonly number[], mode: ResizeMode): Value =>
  apply(resizeGradOp, [dy], { mode, size });
