// The adjoint of resizing.

import { sizeOf } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";
import { type ResizeAttrs, type ResizeMode, resize, resized } from "./resize.js";

export const resizeGradOp: Op<ResizeAttrs> = {
  name: "resizeGrad",
  infer: ([dy], { size }) => [{ dtype: "f32", shape: resized("resizeGrad", dy, size) }],
  gradient: ({ inputs: [dy], attrs: { mode } }, [grad]) => [resize(grad!, dy.shape.slice(2), mode)],
  flops: ({ inputs: [dy], attrs: { mode } }) => (mode === "bilinear" ? 8 : 1) * sizeOf(dy.shape),
};

/** Gradient of images of [height, width] `size`, given that of the resized ones. */
export const resizeGrad = (dy: Value, size: readonly number[], mode: ResizeMode): Value =>
  apply(resizeGradOp, [dy], { mode, size });
