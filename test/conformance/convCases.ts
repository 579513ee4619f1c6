// Geometries of convolution, each tried on the forward op and on both gradients.

import {
  type ConvOptions,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convGeometry,
  convTranspose2d,
  mul,
  neg,
  type Value,
} from "../../src/graph/index.js";
import { slide } from "../../src/graph/window.js";
import { type Shape, sizeOf } from "../../src/tensor/shape.js";
import type { Case } from "./case.js";

/** How a convolution goes over images. */
export interface Geometry {
  readonly name: string;
  /** [n, c, h, w]. */
  readonly x: Shape;
  /** [o, c / groups, kh, kw]. */
  readonly w: Shape;
  readonly options: Pick<ConvOptions, "strides" | "padding" | "dilation" | "groups">;
}

export const geometries: readonly Geometry[] = [
  { name: "1 channel, 5x5", x: [2, 1, 12, 12], w: [6, 1, 5, 5], options: {} },
  { name: "3 channels, same size", x: [2, 3, 8, 8], w: [16, 3, 3, 3], options: { padding: 1 } },
  {
    name: "1 channel, 3x3, stride 2",
    x: [9, 1, 9, 27],
    w: [9, 1, 3, 3],
    options: { strides: 2, padding: 1 },
  },
  { name: "1 channel, 7x7, wide", x: [1, 1, 3, 31], w: [9, 1, 7, 7], options: { padding: 3 } },
  {
    name: "3 channels, 5x5",
    x: [2, 3, 6, 16],
    w: [20, 3, 5, 5],
    options: { padding: [4, 0, 1, 2] },
  },
  { name: "16 channels", x: [2, 16, 6, 6], w: [16, 16, 3, 3], options: { padding: 1 } },
  { name: "24 to 40 channels, 1x1", x: [3, 24, 5, 6], w: [40, 24, 1, 1], options: {} },
  { name: "16 to 12 channels", x: [2, 16, 6, 6], w: [12, 16, 3, 3], options: { padding: 1 } },
  { name: "12 to 16 channels", x: [2, 12, 6, 6], w: [16, 12, 3, 3], options: { padding: 1 } },
  { name: "17 channels, odd size", x: [1, 17, 5, 7], w: [17, 17, 3, 3], options: { padding: 1 } },
  {
    name: "16 to 48 channels, ragged tiles",
    x: [3, 16, 7, 9],
    w: [48, 16, 3, 3],
    options: { padding: [0, 2, 1, 0] },
  },
  {
    name: "64 channels, more padding",
    x: [1, 64, 3, 5],
    w: [32, 64, 3, 3],
    options: { padding: 3 },
  },
  {
    name: "96 to 80 channels, ragged tiles",
    x: [2, 96, 6, 7],
    w: [80, 96, 3, 3],
    options: { padding: [2, 0, 1, 2] },
  },
  { name: "16 to 80 channels, many tiles", x: [5, 16, 9, 21], w: [80, 16, 3, 3], options: {} },
  { name: "6 to 16 channels", x: [2, 6, 9, 9], w: [16, 6, 5, 5], options: {} },
  {
    name: "8 channels, 5x5, uneven strides",
    x: [3, 8, 7, 22],
    w: [19, 8, 5, 5],
    options: { strides: [2, 1], padding: [1, 3, 2, 0] },
  },
  { name: "5 channels, 4x3, wide", x: [2, 5, 6, 39], w: [7, 5, 4, 3], options: { padding: 1 } },
  { name: "1 to 6 channels, 28 wide", x: [3, 1, 6, 28], w: [6, 1, 5, 5], options: { padding: 2 } },
  {
    name: "3 to 7 channels, 7x5, uneven padding and strides",
    x: [2, 3, 9, 37],
    w: [7, 3, 5, 7],
    options: { strides: [2, 1], padding: [1, 3, 2, 2] },
  },
  {
    name: "3 channels, rows and columns that no window meets",
    x: [2, 3, 14, 30],
    w: [8, 3, 3, 3],
    options: { strides: 4 },
  },
  {
    name: "26 to 2 channels, some rows at a time",
    x: [1, 26, 6, 205],
    w: [2, 26, 3, 3],
    options: { padding: [1, 0, 2, 1] },
  },
  {
    name: "8 to 19 channels, wide",
    x: [1, 8, 3, 70],
    w: [19, 8, 5, 3],
    options: { padding: [2, 1, 3, 3] },
  },
  {
    name: "12 channels to 1, 7x5, stride 2 down",
    x: [1, 12, 29, 90],
    w: [1, 12, 7, 5],
    options: { strides: [2, 1], padding: 3 },
  },
  { name: "2 to 8 channels, 16 wide", x: [2, 2, 5, 18], w: [8, 2, 3, 3], options: {} },
  { name: "1x1", x: [3, 16, 5, 5], w: [17, 16, 1, 1], options: {} },
  { name: "1x1, stride 2", x: [2, 16, 7, 7], w: [32, 16, 1, 1], options: { strides: 2 } },
  { name: "stride 2", x: [2, 6, 9, 7], w: [8, 6, 3, 3], options: { strides: 2, padding: 1 } },
  {
    name: "7x7, stride 2",
    x: [1, 3, 17, 15],
    w: [8, 3, 7, 7],
    options: { strides: 2, padding: 3 },
  },
  { name: "stride over kernel", x: [1, 3, 8, 8], w: [4, 3, 2, 2], options: { strides: 3 } },
  { name: "strides 2, 1", x: [2, 3, 7, 6], w: [5, 3, 3, 2], options: { strides: [2, 1] } },
  { name: "dilation 2", x: [1, 3, 11, 9], w: [4, 3, 3, 3], options: { dilation: 2, padding: 2 } },
  { name: "dilation 1, 3", x: [1, 6, 5, 9], w: [4, 6, 2, 3], options: { dilation: [1, 3] } },
  {
    name: "uneven padding",
    x: [2, 3, 6, 5],
    w: [4, 3, 3, 3],
    options: { padding: [0, 2, 1, 0], strides: [1, 2] },
  },
  { name: "padding over kernel", x: [1, 3, 4, 4], w: [2, 3, 2, 2], options: { padding: 3 } },
  { name: "1x7", x: [1, 16, 6, 9], w: [8, 16, 1, 7], options: { padding: [0, 3] } },
  { name: "7x1", x: [1, 16, 9, 6], w: [8, 16, 7, 1], options: { padding: [3, 0] } },
  { name: "kernel of the image's size", x: [3, 16, 5, 5], w: [20, 16, 5, 5], options: {} },
  { name: "1 pixel", x: [1, 1, 1, 1], w: [1, 1, 1, 1], options: {} },
  { name: "3 groups", x: [2, 6, 5, 5], w: [9, 2, 3, 3], options: { groups: 3, padding: 1 } },
  { name: "2 groups of 16", x: [1, 32, 4, 5], w: [32, 16, 3, 3], options: { groups: 2 } },
  { name: "depthwise", x: [2, 16, 7, 7], w: [16, 1, 3, 3], options: { groups: 16, padding: 1 } },
  {
    name: "depthwise, 17 channels, stride 2",
    x: [1, 17, 8, 9],
    w: [17, 1, 3, 3],
    options: { groups: 17, strides: 2, padding: 1 },
  },
  { name: "depthwise, 3 channels", x: [1, 3, 6, 6], w: [3, 1, 5, 5], options: { groups: 3 } },
  {
    name: "depthwise, 24 channels, 5x5, stride 2",
    x: [3, 24, 11, 19],
    w: [24, 1, 5, 5],
    options: { groups: 24, strides: 2, padding: 2 },
  },
  {
    name: "depthwise, 5x5 on 3x3",
    x: [9, 16, 3, 3],
    w: [16, 1, 5, 5],
    options: { groups: 16, padding: 2 },
  },
  {
    name: "depthwise, 7x3, uneven padding and strides",
    x: [2, 9, 8, 10],
    w: [9, 1, 7, 3],
    options: { groups: 9, padding: [5, 0, 1, 4], strides: [1, 3] },
  },
  {
    name: "depthwise, more padding than kernel, stride over kernel",
    x: [1, 8, 5, 6],
    w: [8, 1, 3, 3],
    options: { groups: 8, padding: [4, 3, 1, 5], strides: [4, 2] },
  },
  {
    name: "depthwise, dilation 2",
    x: [1, 8, 7, 7],
    w: [8, 1, 3, 3],
    options: { groups: 8, padding: 2, dilation: 2 },
  },
  {
    name: "depthwise, twice as many out",
    x: [1, 3, 6, 6],
    w: [6, 1, 3, 3],
    options: { groups: 3 },
  },
  {
    name: "depthwise, 8 channels, twice as many out",
    x: [2, 8, 5, 6],
    w: [16, 1, 3, 3],
    options: { groups: 8, padding: 1 },
  },
];

/** The shape of the result. */
export const outputShape = ({ x, w, options }: Geometry): Shape => [
  x[0],
  w[0],
  ...slide("conv2d", x.slice(2), { ...convGeometry(options), kernel: w.slice(2) }),
];

/** Weights whose sums of products are small enough that ReLU6 leaves some of them as they are. */
function aroundSix(w: Shape): readonly [number, number] {
  const products = sizeOf(w.slice(1));
  return [-8 / products, 16 / products];
}

function casesOf(geometry: Geometry): Case[] {
  const { name, x, w, options } = geometry;
  const y = { shape: outputShape(geometry) };
  const bias = { shape: [w[0]] };
  const window = convGeometry(options);
  return [
    {
      op: "conv2d",
      name,
      operands: [{ shape: x }, { shape: w }],
      build: ([images, weights]) => conv2d(images, weights, options),
    },
    {
      op: "conv2d",
      name: `${name}, bias, ReLU`,
      operands: [{ shape: x }, { shape: w }, bias],
      build: ([images, weights, b]) =>
        conv2d(images, weights, { ...options, bias: b, activation: "relu" }),
    },
    {
      op: "conv2d",
      name: `${name}, bias, ReLU6`,
      operands: [{ shape: x }, { shape: w, range: aroundSix(w) }, bias],
      build: ([images, weights, b]) =>
        conv2d(images, weights, { ...options, bias: b, activation: "relu6" }),
    },
    {
      op: "conv2d",
      name: `${name}, residual, ReLU6`,
      operands: [{ shape: x }, { shape: w, range: aroundSix(w) }, bias, y],
      build: ([images, weights, b, residual]) =>
        conv2d(images, weights, { ...options, bias: b, residual, activation: "relu6" }),
    },
    {
      op: "conv2dInputGrad",
      name,
      operands: [y, { shape: w }],
      build: ([dy, weights]) => conv2dInputGrad(dy, weights, x, window),
    },
    {
      op: "conv2dWeightGrad",
      name: `${name}, bias`,
      operands: [{ shape: x }, y],
      build: ([images, dy]) => conv2dWeightGrad(images, dy, w, window, true),
    },
  ];
}

const transposed: Case[] = [0, 1].map((extra) => ({
  op: "conv2dInputGrad",
  name: `transposed convolution, output padding ${extra}`,
  operands: [{ shape: [2, 4, 3, 5] }, { shape: [4, 6, 3, 3] }],
  build: ([x, w]) =>
    convTranspose2d(x, w, convGeometry({ strides: 2, padding: 1 }), [extra, extra]),
}));

/** Nobody else may see the images written over by their sum with what a convolution makes of them. */
const residuals: Case[] = [16, 6, 3].flatMap((channels): Case[] => {
  const images = { shape: [2, channels, 5, 5] };
  const operands = [images, { shape: [channels, channels, 3, 3] }, { shape: [channels] }];
  const around = (x: Value, w: Value, bias: Value) =>
    conv2d(x, w, { padding: 1, bias, residual: x, activation: "relu" });
  return [
    {
      op: "conv2d",
      name: `${channels} channels with themselves as residual`,
      operands,
      build: ([x, w, bias]) => around(neg(x), w, bias),
    },
    {
      op: "conv2d",
      name: `${channels} channels with a residual in use behind it`,
      operands: [...operands, images],
      build: ([x, w, bias, residual]) => {
        const kept = neg(residual);
        const y = conv2d(x, w, { padding: 1, bias, residual: kept });
        return mul(conv2d(y, w, { padding: 1, bias, residual: y }), kept);
      },
    },
  ];
});

const biasFirst: Case = {
  op: "conv2dWeightGrad",
  name: "the bias gradient first",
  operands: [{ shape: [2, 3, 5, 5] }, { shape: [2, 4, 3, 3] }],
  build: ([x, dy]) => conv2dWeightGrad(x, dy, [4, 3, 3, 3], convGeometry({}), true).toReversed(),
};

export const convCases: readonly Case[] = [
  ...geometries.flatMap(casesOf),
  ...transposed,
  ...residuals,
  biasFirst,
];
