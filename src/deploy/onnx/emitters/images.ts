// Convolution, pooling and resizing of images.

import type { Node } from "../../../graph/index.js";
import type { ConvGeometry } from "../../../graph/ops/conv.js";
import type { AvgPoolAttrs } from "../../../graph/ops/pool.js";
import type { ResizeAttrs } from "../../../graph/ops/resize.js";
import { type Emission, float } from "../emission.js";
import { type Emitter, finish } from "./emitter.js";

/** The geometry of a convolution as ONNX has it; `kernel` [height, width]. */
export const convAttributes = (attrs: unknown, kernel: readonly number[]) => {
  const { strides, padding, dilation, groups } = attrs as ConvGeometry;
  return { kernel_shape: kernel, strides, pads: padding, dilations: dilation, group: groups };
};

const conv2d: Emitter = (node, to) => {
  const { inputs, attrs } = node;
  const names = inputs.slice(0, 3).map((value) => to.name(value));
  const sum = to.node("Conv", names, convAttributes(attrs, inputs[1].shape.slice(2)));
  return finish(sum, node, to, 3);
};

const conv2dInputGrad: Emitter = ({ inputs: [dy, w], attrs, outputs: [y] }, to) => {
  const kernel = w.shape.slice(2);
  const geometry = convAttributes(attrs, kernel);
  const { strides, pads, dilations } = geometry;
  const added = [0, 1].map(
    (axis) =>
      y.shape[axis + 2] -
      ((dy.shape[axis + 2] - 1) * strides[axis] -
        pads[axis] -
        pads[axis + 2] +
        dilations[axis] * (kernel[axis] - 1) +
        1),
  );
  return to.node("ConvTranspose", [to.name(dy), to.name(w)], {
    ...geometry,
    output_padding: added,
  });
};

/** A window as ONNX has it. */
export const windowAttributes = (attrs: unknown) => {
  const { kernel, strides, padding } = attrs as AvgPoolAttrs;
  return { kernel_shape: kernel, strides, pads: padding };
};

const maxPool2d: Emitter = ({ inputs: [x], attrs }, to) =>
  to.node("MaxPool", [to.name(x)], windowAttributes(attrs));

/** Means of windows, or of all pixels where one window sees them all. */
export function averagePool(x: string, { inputs: [images], attrs }: Node, to: Emission): string {
  const { kernel, padding, countPadding } = attrs as unknown as AvgPoolAttrs;
  const whole = images.shape.slice(2).every((size, axis) => size === kernel[axis]);
  if (whole && padding.every((size) => size === 0)) return to.node("GlobalAveragePool", [x]);
  const window = windowAttributes(attrs);
  return to.node("AveragePool", [x], { ...window, count_include_pad: countPadding ? 1 : 0 });
}

const avgPool2d: Emitter = (node, to) => averagePool(to.name(node.inputs[0]), node, to);

/** A factor of f32 for which floor(size * factor), which ONNX works out, gives the size wanted. */
export function factorFor(size: number, wanted: number): number {
  let factor = Math.fround(wanted / size);
  while (Math.floor(size * factor) < wanted) factor = Math.fround(factor * (1 + 2 ** -23));
  return factor;
}

/** Pixel centres at half-integers; the nearest one of our rule is floor((x + 1/2) / factor). */
const modes: Readonly<Record<ResizeAttrs["mode"], Record<string, string>>> = {
  bilinear: { mode: "linear" },
  nearest: { mode: "nearest", nearest_mode: "round_prefer_ceil" },
};

const resize: Emitter = ({ inputs: [x], attrs }, to) => {
  const { mode, size } = attrs as unknown as ResizeAttrs;
  const factors = size.map((wanted, axis) => factorFor(x.shape[axis + 2], wanted));
  return to.node("Resize", [to.name(x), "", to.constant("f32", [1, 1, ...factors])], {
    ...modes[mode],
    coordinate_transformation_mode: "half_pixel",
  });
};

const groupNorm: Emitter = (node, to) => {
  const {
    inputs: [x, gamma, beta],
    attrs,
  } = node;
  const [groups, eps] = [attrs["groups"] as number, attrs["eps"] as number];
  const each = (value: number) => to.constant("f32", new Array(groups).fill(value));
  const apart = to.node("Reshape", [to.name(x), to.constant("i64", [0, groups, -1])]);
  const normal = to.node("InstanceNormalization", [apart, each(1), each(0)], {
    epsilon: float(eps),
  });
  const whole = to.node("Reshape", [normal, to.constant("i64", [-1, ...x.shape.slice(1)])]);
  const perChannel = x.shape.slice(1).map((_, axis) => (axis === 0 ? -1 : 1));
  const along = (name: string) =>
    x.shape.length === 2 ? name : to.node("Reshape", [name, to.constant("i64", perChannel)]);
  const scaled = to.node("Mul", [whole, along(to.name(gamma))]);
  return finish(to.node("Add", [scaled, along(to.name(beta))]), node, to, 3);
};

const batchNormApply: Emitter = (node, to) => {
  const { inputs, attrs } = node;
  const names = inputs.slice(0, 5).map((value) => to.name(value));
  const normal = to.node("BatchNormalization", names, { epsilon: float(attrs["eps"] as number) });
  return finish(normal, node, to, 5);
};

export const imageEmitters = {
  avgPool2d,
  batchNormApply,
  conv2d,
  conv2dInputGrad,
  groupNorm,
  maxPool2d,
  resize,
} satisfies Record<string, Emitter>;
