// The gradient of max pooling: each output's gradient goes to the element that won its window.

import type { Shape } from "../../tensor/shape.js";
import { expectDtype, expectShape } from "../expect.js";
import { apply, type Op, type Value } from "../graph.js";
import { maxPooled, type PoolAttrs } from "./maxPool2d.js";

interface MaxPoolGradAttrs extends PoolAttrs {
  readonly shape: readonly number[];
}

export const maxPool2dGradOp: Op<MaxPoolGradAttrs> = {
  name: "maxPool2dGrad",
  infer([dy, winners], { shape, ...window }) {
    const images = { dtype: "f32", shape } as const;
    const expected = maxPooled("maxPool2dGrad", images, window as PoolAttrs);
    expectDtype("maxPool2dGrad", "f32", dy);
    expectShape("maxPool2dGrad", "a gradient", expected, dy);
    expectDtype("maxPool2dGrad", "u8", winners);
    expectShape("maxPool2dGrad", "winners", expected, winners);
    return [images];
  },
};

/** Gradient of images of `shape`, given that of the pooled output and its winners. */
export const maxPool2dGrad = (dy: Value, winners: Value, shape: Shape, window: PoolAttrs): Value =>
  apply(maxPool2dGradOp, [dy, winners], { ...window, shape });
