// The gradient of a convolution with respect to its weights and, on demand, its bias.

import { type Shape, sizeOf } from "../../tensor/shape.js";
import { expectDtype, expectShape } from "../expect.js";
import type { Op, Value } from "../graph.js";
import { add } from "./add.js";
import { type ConvGeometry, conv2dOp, convolve } from "./conv2d.js";
import { conv2dInputGrad } from "./conv2dInputGrad.js";
import { expand } from "./expand.js";
import { reshape } from "./reshape.js";

interface WeightGradAttrs extends ConvGeometry {
  /** Shape of the weights, [o, c / groups, kh, kw]. */
  readonly shape: readonly number[];
  /** Whether the second output, the bias gradient [o], is wanted. */
  readonly bias: boolean;
}

export const conv2dWeightGradOp: Op<WeightGradAttrs> = {
  name: "conv2dWeightGrad",
  infer([x, dy], { shape, bias, ...geometry }) {
    const weights = { dtype: "f32", shape } as const;
    const attrs = { ...(geometry as ConvGeometry), activation: "none" } as const;
    const [forward] = conv2dOp.infer([x, weights], attrs);
    expectDtype("conv2dWeightGrad", "f32", dy);
    expectShape("conv2dWeightGrad", "a gradient", forward.shape, dy);
    return bias ? [weights, { dtype: "f32", shape: [shape[0]] }] : [weights];
  },
  gradient({ inputs: [x, dy], attrs: { shape: _, bias: __, ...geometry } }, [dw, db]) {
    const fromWeights = dw && convolve(x, dw, geometry);
    const fromBias = db && expand(reshape(db, [1, dy.shape[1], 1, 1]), dy.shape);
    return [
      dw && conv2dInputGrad(dy, dw, x.shape, geometry),
      fromWeights && fromBias ? add(fromWeights, fromBias) : (fromWeights ?? fromBias),
    ];
  },
  flops: ({ inputs: [, dy], attrs: { shape } }) => 2 * sizeOf(dy.shape) * sizeOf(shape.slice(1)),
};

/** Gradients [weights] or [weights, bias], given the images and the gradient of the output. */
export const conv2dWeightGrad = (
  x: Value,
  dy: Value,
  shape: Shape,
  geometry: ConvGeometry,
  bias: boolean,
): readonly Value[] => x.graph.apply(conv2dWeightGradOp, [x, dy], { ...geometry, shape, bias });
