// The gradient of average pooling: each output's gradient is spread over its window.

import { type Shape, sizeOf } from "../../tensor/shape.js";
import { expectDtype, expectShape } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { type AvgPoolAttrs, avgPool2dOp } from "./avgPool2d.js";
import { type PoolAttrs, pooled } from "./maxPool2d.js";

interface AvgPoolGradAttrs extends AvgPoolAttrs {
  readonly shape: readonly number[];
}

export const avgPool2dGradOp: Op<AvgPoolGradAttrs> = {
  name: "avgPool2dGrad",
  infer([dy], { shape, ...window }) {
    const images = { dtype: "f32", shape } as const;
    expectDtype("avgPool2dGrad", "f32", dy);
    expectShape(
      "avgPool2dGrad",
      "a gradient",
      pooled("avgPool2dGrad", images, window as PoolAttrs),
      dy,
    );
    return [images];
  },
  gradient: ({ attrs: { shape: _, ...window } }, [grad]) => [
    apply(avgPool2dOp, [grad!], window as AvgPoolAttrs),
  ],
  flops: ({ inputs: [dy], attrs: { kernel } }) => sizeOf(dy.shape) * sizeOf(kernel),
};

/** Gradient of images of `shape`, given that of the pooled output. */
export const avgPool2dGrad = (dy: Value, shape: Shape, window: AvgPoolAttrs): Value =>
  apply(avgPool2dGradOp, [dy], { ...window, shape });
