// The gradient of max pooling: each output's gradient goes to the element that won its window.

import type { Shape } from "../../tensor/shape.js";
import { apply, type Op, type Value } from "../graph.js";
import type { PoolAttrs } from "./maxPool2d.js";

interface MaxPoolGradAttrs extends PoolAttrs {
  readonly shape: readonly number[];
}

export const maxPool2dGradOp: Op<MaxPoolGradAttrs> = {
  name: "maxPool2dGrad",
  infer: (_, { shape }) => [{ dtype: "f32", shape }],
};

/** Gradient of images of `shape`, given that of the pooled output and its winners. */
export const maxPool2dGrad = (dy: Value, winners: Value, shape: Shape, window: PoolAttrs): Value =>
  apply(maxPool2dGradOp, [dy, winners], { ...window, shape });
