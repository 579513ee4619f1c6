// Two-dimensional convolution (cross-correlation, as every deep-learning library has it) with
// stride, padding, dilation and groups. Bias, residual and activation let an engine finish it in one go:
// y = activation(x * w + bias + residual). Together with its two gradients it forms a family closed under
// differentiation.

import { formatShape, type Shape, sameShape } from "../../tensor/shape.js";
import { type Activation, beforeActivation } from "../activation.js";
import { expectDtype, expectShape, expectWhole } from "../expect.js";
import { apply, type Loops, type Op, type Value } from "../graph.js";
import { expectImages, type Padding, type Pair, padding4, pair, slide } from "../window.js";
import { add } from "./pointwise.js";
import { expand, reshape } from "./shape.js";

/** Geometry of a convolution: [height, width] each, padding [top, left, bottom, right]. */
export interface ConvGeometry
  extends Record<string, number | string | boolean | readonly number[]> {
  readonly strides: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

interface ConvAttrs extends ConvGeometry {
  readonly activation: Activation;
}

/** Options of {@link conv2d}; defaults: stride 1, no padding, dilation 1, one group. */
export interface ConvOptions {
  readonly strides?: Pair;
  readonly padding?: Padding;
  readonly dilation?: Pair;
  readonly groups?: number;
  /** f32 [channels out]. */
  readonly bias?: Value;
  /** Added before the activation, of the result's shape; only beside a bias. */
  readonly residual?: Value;
  /** Default "none". */
  readonly activation?: Activation;
}

/** The geometry that options tell. */
export function convGeometry(
  options: Pick<ConvOptions, "strides" | "padding" | "dilation" | "groups">,
): ConvGeometry {
  return {
    strides: pair(options.strides ?? 1),
    padding: padding4(options.padding ?? 0),
    dilation: pair(options.dilation ?? 1),
    groups: options.groups ?? 1,
  };
}

/** Loops of a convolution of images to results [n, c, h, w]. */
export const loopsOf = (
  images: Shape,
  weights: Shape,
  result: Shape,
  { groups }: ConvGeometry,
): Loops => ({
  ...{ batch: images[0], inputs: images[1], outputs: result[1], groups },
  kernel: weights.slice(2),
  places: result.slice(2),
});

export const conv2dOp: Op<ConvAttrs> = {
  name: "conv2d",
  takesHalf: true,
  infer([x, w, bias, residual], attrs) {
    expectImages("conv2d", x);
    expectDtype("conv2d", "f32", w, bias, residual);
    const [outputs, perGroup, ...kernel] = w.shape;
    const { groups } = attrs;
    expectWhole("conv2d", "groups", groups, 1, x.shape[1]);
    if (w.shape.length !== 4 || perGroup * groups !== x.shape[1] || outputs % groups !== 0) {
      throw new RangeError(
        `conv2d: weights ${formatShape(w.shape)} with ${groups} groups do not fit images ${formatShape(x.shape)}`,
      );
    }
    if (bias && !sameShape(bias.shape, [outputs])) {
      throw new RangeError(`conv2d: bias ${formatShape(bias.shape)} is not [${outputs}]`);
    }
    const size = slide("conv2d", x.shape.slice(2), { ...attrs, kernel });
    const shape = [x.shape[0], outputs, ...size];
    if (residual && !sameShape(residual.shape, shape)) {
      throw new RangeError(
        `conv2d: residual ${formatShape(residual.shape)} is not ${formatShape(shape)}`,
      );
    }
    return [{ dtype: "f32", shape }];
  },
  gradient({ inputs: [x, w, bias, residual], outputs: [y], attrs }, [dy]) {
    const { activation, ...geometry } = attrs;
    const d = beforeActivation(activation, dy!, y);
    const [dw, db] = conv2dWeightGrad(x, d, w.shape, geometry, bias !== undefined);
    const dx = conv2dInputGrad(d, w, x.shape, geometry);
    return [dx, dw, ...(bias ? [db] : []), ...(residual ? [d] : [])];
  },
  loops: ({ inputs: [x, w], outputs: [y], attrs }) => loopsOf(x.shape, w.shape, y.shape, attrs),
};

/** A convolution whose geometry is at hand, as gradient rules have it. */
export const convolve = (x: Value, w: Value, geometry: ConvGeometry): Value =>
  apply(conv2dOp, [x, w], { ...geometry, activation: "none" });

/**
 * Images [n, c, h, w] convolved with weights [o, c / groups, kh, kw] to [n, o, h', w'] with
 * h' = floor((h + padding - dilation (kh - 1) - 1) / stride) + 1; plus `bias` [o], `residual` and then an
 * `activation` on demand.
 *
 * @throws RangeError when weights, groups, bias or residual do not fit the images, or the window their size.
 * @example
 * const x = input(new Graph(), "x", [8, 3, 32, 32]);
 * const w = read(x.graph, "w", [16, 3, 5, 5]);
 * conv2d(x, w, { strides: 2, padding: 2 }).shape; // [8, 16, 16, 16]
 */
export function conv2d(x: Value, w: Value, options: ConvOptions = {}): Value {
  const attrs = { ...convGeometry(options), activation: options.activation ?? "none" };
  const { bias, residual } = options;
  if (residual && !bias) throw new RangeError("conv2d: a residual needs a bias beside it");
  return apply(conv2dOp, [x, w, ...(bias ? [bias] : []), ...(residual ? [residual] : [])], attrs);
}

// The gradient of a convolution with respect to its images, which is also transposed convolution.

interface InputGradAttrs extends ConvGeometry {
  /** Shape of the images, [n, c, h, w]. */
  readonly shape: readonly number[];
}

export const conv2dInputGradOp: Op<InputGradAttrs> = {
  name: "conv2dInputGrad",
  takesHalf: true,
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
  // Every pixel of the gradient is a place from which the kernel is spread out.
  loops({ inputs: [dy, w], attrs }) {
    const { inputs, outputs, ...rest } = loopsOf(attrs.shape, w.shape, dy.shape, attrs);
    return { ...rest, inputs: outputs, outputs: inputs };
  },
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

// The gradient of a convolution with respect to its weights and, on demand, its bias.

interface WeightGradAttrs extends ConvGeometry {
  /** Shape of the weights, [o, c / groups, kh, kw]. */
  readonly shape: readonly number[];
  /** Whether the second output, the bias gradient [o], is wanted. */
  readonly bias: boolean;
}

export const conv2dWeightGradOp: Op<WeightGradAttrs> = {
  name: "conv2dWeightGrad",
  takesHalf: true,
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
  loops: ({ inputs: [x, dy], attrs }) => loopsOf(x.shape, attrs.shape, dy.shape, attrs),
};

/** Gradients [weights] or [weights, bias], given the images and the gradient of the output. */
export const conv2dWeightGrad = (
  x: Value,
  dy: Value,
  shape: Shape,
  geometry: ConvGeometry,
  bias: boolean,
): readonly Value[] => x.graph.apply(conv2dWeightGradOp, [x, dy], { ...geometry, shape, bias });
