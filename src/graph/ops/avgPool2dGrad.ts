// The gradient of average pooling: each output's gradient is spread over its window.

import { type Shape, sizeOf } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";
import { type AvgPoolAttrs, avgPool2dOp } from "./avgPool2d.js";

interface AvgPoolGradAttrs extends AvgPoolAttrs {
  readonly shape: readonly number[];
}

export const avgPool2dGradOp: Op<AvgPoolGradAttrs> = {
  name: "avgPool2dGrad",
  infer: (_, { shape }) => [{ dtype: "f32", shape }],
  gradient: ({ attrs: { shape: _, ...window } }, [grad]) => [
    apply(avgPool2dOp, [grad!], window as AvgPoolAttrs),
  ],
  flops: ({ inputs: [dy], attrs: { kernel } }) => sizeOf(dy.shape) * sizeOf(kernel),
};

/** Gradient of images of `shape`, given that of the pooled output. */
export const avgPool2dGrad = (dy: Value, shape: Shape, window: AvgPoolAttrs): Value =>
  apply(avgPool2dGradOp, [dy], { ...window, shape });
