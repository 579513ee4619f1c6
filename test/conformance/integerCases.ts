// Arithmetic on bytes: every geometry, tails of every width, bytes that would saturate sums of 16 bits.

import * as g from "../../src/graph/index.js";
import type { Shape } from "../../src/tensor/shape.js";
import { type Case, type Operand, use } from "./case.js";

const flat = { differentiable: false };
const ALL_BYTES = [0, 256] as const;

const bytes = (shape: Shape, range: readonly [number, number] = ALL_BYTES): Operand => ({
  shape,
  range,
  dtype: "u8",
});

interface Geometry
  extends Omit<g.IntegerConvOptions, "bias" | "multiplier" | "residual" | "dtype"> {
  readonly name: string;
  readonly x: Shape;
  readonly w: Shape;
  readonly images?: readonly [number, number];
  readonly weights?: readonly [number, number];
}

const geometries: readonly Geometry[] = [
  { name: "16 to 16 channels, same size", x: [2, 16, 9, 32], w: [16, 16, 3, 3], padding: 1 },
  { name: "16 to 48 channels, 19 columns", x: [3, 16, 5, 19], w: [48, 16, 3, 3], padding: 1 },
  {
    name: "3 channels, stride 2, a zero",
    ...{ x: [2, 3, 11, 13], w: [20, 3, 3, 3], strides: 2, padding: 1, zero: 117, outZero: 31 },
  },
  { name: "1 channel, 5x5", x: [2, 1, 12, 12], w: [6, 1, 5, 5], padding: 2 },
  { name: "6 channels, 5x5", x: [2, 6, 9, 9], w: [16, 6, 5, 5] },
  { name: "32 to 32 channels on 8x8", x: [9, 32, 8, 8], w: [32, 32, 3, 3], padding: 1 },
  { name: "24 to 40 channels, 1x1", x: [3, 24, 5, 6], w: [40, 24, 1, 1], zero: 3 },
  { name: "160 to 17 channels, 1x1", x: [2, 160, 3, 3], w: [17, 160, 1, 1] },
  { name: "20 to 18 channels, 1x1, stride 2", x: [2, 20, 7, 9], w: [18, 20, 1, 1], strides: 2 },
  { name: "13 channels, 1x1", x: [2, 13, 4, 4], w: [33, 13, 1, 1], zero: 200 },
  { name: "rows of features", x: [17, 70, 1, 1], w: [10, 70, 1, 1] },
  { name: "one row of features", x: [1, 256, 1, 1], w: [40, 256, 1, 1], zero: 128 },
  { name: "dilated", x: [2, 8, 9, 9], w: [16, 8, 3, 3], dilation: 2, padding: 2, zero: 9 },
  { name: "kernels of one row", x: [2, 8, 6, 9], w: [8, 8, 1, 5], padding: [0, 2] },
  { name: "kernels of one column", x: [2, 8, 9, 1], w: [8, 8, 3, 1], padding: [1, 0], zero: 40 },
  {
    name: "uneven padding, much of it",
    ...{ x: [1, 4, 3, 5], w: [5, 4, 3, 3], padding: [4, 0, 1, 5], zero: 77, strides: [2, 1] },
  },
  { name: "4 groups", x: [2, 16, 6, 6], w: [24, 4, 3, 3], groups: 4, padding: 1, zero: 5 },
  { name: "2 groups, 1x1", x: [2, 64, 5, 5], w: [64, 32, 1, 1], groups: 2 },
  { name: "two outputs a channel", x: [2, 3, 6, 6], w: [6, 1, 3, 3], groups: 3, padding: 1 },
  { name: "depthwise, 17 channels", x: [2, 17, 7, 9], w: [17, 1, 3, 3], groups: 17, padding: 1 },
  {
    name: "depthwise, 80 channels, 5x5, stride 2",
    ...{ x: [3, 80, 9, 8], w: [80, 1, 5, 5], groups: 80, padding: 2, strides: 2, zero: 13 },
  },
  {
    name: "depthwise, dilated",
    ...{ x: [1, 64, 9, 9], w: [64, 1, 3, 3], groups: 64, padding: [2, 1, 0, 2], dilation: 2 },
  },
  {
    name: "products beyond 16 bits",
    ...{
      x: [1, 300, 4, 4],
      w: [16, 300, 3, 3],
      padding: 1,
      images: [250, 256],
      weights: [120, 128],
    },
  },
  {
    name: "the least products",
    ...{
      x: [2, 64, 4, 4],
      w: [64, 1, 3, 3],
      groups: 64,
      images: [250, 256],
      weights: [-128, -126],
    },
  },
];

/** Multipliers by which results spread over all bytes. */
function spread({ w, images = [0, 256], weights = [-128, 128] }: Geometry): [number, number] {
  const products = w[1] * w[2] * w[3];
  const [mean, middle] = [(images[0] + images[1]) / 2, (weights[0] + weights[1]) / 2];
  const size = Math.abs(products * mean * middle) + Math.sqrt(products) * mean * 64;
  return [100 / size, 200 / size];
}

const convolutions = geometries.flatMap((geometry): Case[] => {
  const { name, x, w, images, weights = [-128, 128], ...options } = geometry;
  const operands: Operand[] = [
    bytes(x, images),
    { shape: w, dtype: "i8", range: weights },
    { shape: [w[0]], dtype: "i32", range: [-3000, 3000] },
    { shape: [w[0]], range: spread(geometry) },
  ];
  const build = (values: readonly g.Value[], more: Partial<g.IntegerConvOptions>) => {
    const [image, weight, bias, multiplier] = values;
    return g.integerConv2d(image, weight, { ...options, bias, multiplier, ...more });
  };
  const shape = (graph: g.Graph) => {
    const [image, weight] = [g.input(graph, "a", x, "u8"), g.input(graph, "b", w, "i8")];
    const [bias, multiplier] = [g.input(graph, "c", [w[0]], "i32"), g.input(graph, "d", [w[0]])];
    return build([image, weight, bias, multiplier], {}).shape;
  };
  const result = shape(new g.Graph());
  return [
    use("integerConv2d", name, operands, (values) => build(values, {}), flat),
    use(
      "integerConv2d",
      `${name}, as f32`,
      operands,
      (values) => build(values, { dtype: "f32" }),
      flat,
    ),
    use(
      "integerConv2d",
      `${name}, residual`,
      [...operands, bytes(result)],
      (values) => build(values, { residual: { value: values[4], zero: 21, multiplier: 0.375 } }),
      flat,
    ),
  ];
});

const pools: readonly (readonly [string, Shape, g.IntegerPoolOptions])[] = [
  ["3x3, stride 2", [2, 33, 9, 8], { mode: "largest", kernel: 3, strides: 2, padding: 1 }],
  ["2x2", [2, 6, 8, 8], { mode: "largest", kernel: 2 }],
  ["of all", [2, 64, 8, 8], { mode: "mean", kernel: 8, zero: 4, outZero: 9, multiplier: 1.7 }],
  ["2x2", [2, 20, 6, 7], { mode: "mean", kernel: 2, multiplier: 0.9 }],
  [
    "padding left out",
    [2, 17, 7, 7],
    { mode: "mean", kernel: 3, padding: 1, countPadding: false, zero: 100, outZero: 100 },
  ],
  [
    "padding counted",
    [2, 17, 7, 7],
    { mode: "mean", kernel: 3, padding: 1, zero: 7, multiplier: 1.3 },
  ],
  ["every other pixel", [2, 16, 8, 8], { mode: "mean", kernel: 1, strides: 2 }],
];

const scale = (scale: number, zero: number): g.ByteScale => ({ scale, zero });

/** A convolution of 1x1 whose results lie as integers do, for ops that move them. */
function inBytes(x: g.Value, w: g.Value): g.Value {
  const { graph } = x;
  const each = g.expand(g.constant(graph, 0.05), [w.shape[0]]);
  return g.integerConv2d(x, w, { bias: g.cast(each, "i32"), multiplier: each });
}

const mover = (channels: number, outputs: number): Operand[] => [
  bytes([2, channels, 5, 6]),
  { shape: [outputs, channels, 1, 1], dtype: "i8", range: [-40, 100] },
];

export const integerCases: readonly Case[] = [
  ...convolutions,
  ...pools.map(([name, shape, options]) =>
    use(
      "integerPool2d",
      `${options.mode}, ${name}`,
      [bytes(shape)],
      ([x]) => g.integerPool2d(x, options),
      flat,
    ),
  ),
  ...[[7], [2, 17, 3, 5], [3, 50]].map((shape) =>
    use(
      "integerAdd",
      `[${shape}]`,
      [bytes(shape), bytes(shape)],
      ([a, b]) => g.integerAdd([a, scale(0.1, 3)], [b, scale(0.07, 120)], scale(0.11, 60)),
      flat,
    ),
  ),
  ...[
    [2, 3, 7, 9],
    [2, 40, 3, 3],
    [3, 50],
  ].map((shape) =>
    use(
      "quantise",
      `[${shape}]`,
      [{ shape, range: [-40, 40] }],
      ([x]) => g.quantise(x, scale(0.25, 100)),
      flat,
    ),
  ),
  use(
    "quantise",
    "images in blocks",
    [
      [2, 20, 6, 6],
      [33, 20, 3, 3],
    ],
    ([x, w]) => g.quantise(g.conv2d(x, w), scale(0.9, 7)),
    flat,
  ),
  ...[[2, 3, 7, 9], [2, 40, 3, 3], [3, 50], [5]].map((shape) =>
    use(
      "dequantise",
      `[${shape}]`,
      [bytes(shape)],
      ([x]) => g.dequantise(x, scale(0.3, 100)),
      flat,
    ),
  ),
  use(
    "concat",
    "bytes of convolutions",
    [...mover(16, 20), ...mover(8, 16)],
    ([a, v, b, w]) => g.cast(g.concat([inBytes(a, v), inBytes(b, w)], 1)),
    flat,
  ),
  use(
    "slice",
    "bytes of a convolution",
    mover(8, 24),
    ([x, w]) => g.cast(g.slice(inBytes(x, w), [0, 5, 1, 0], [2, 12, 3, 6])),
    flat,
  ),
  use(
    "pad",
    "bytes of a convolution",
    mover(8, 24),
    ([x, w]) => g.cast(g.pad(inBytes(x, w), [0, 3, 1, 0], [0, 5, 0, 2])),
    flat,
  ),
  use(
    "reshape",
    "bytes of a convolution",
    mover(8, 24),
    ([x, w]) => g.cast(g.reshape(inBytes(x, w), [2, -1])),
    flat,
  ),
];
