// Ops behind a convolution, whose result an engine may hold in a layout of its own: blocks of channels,
// with idle places behind the last one. Channel counts that fill no whole block are the risky ones.

import type { Value } from "../../src/graph/index.js";
import * as g from "../../src/graph/index.js";
import { poolWindow } from "../../src/graph/ops/pool.js";
import { sizeOf } from "../../src/tensor/shape.js";
import type { Case } from "./case.js";

/** What follows two convolutions of the same images; both results are [images, channels, 6, 5]. */
type Follower = readonly [
  op: g.OpName,
  name: string,
  build: (x: Value, y: Value) => Value | readonly Value[],
];

const perChannel = (x: Value) => g.reduceSum(x, [0, 2, 3], true);
const rows = (x: Value) => g.reshape(x, [x.shape[0], -1]);
const row = (x: Value) => g.reshape(perChannel(x), [-1]);
const grouped = (x: Value, y: Value, groups: number) =>
  g.groupNorm(x, groups, row(g.sigmoid(x)), row(y), { residual: y, activation: "relu" });
const window = { kernel: 3, strides: 2, padding: 1 };

/** Numbers that no engine rounds to others. */
const steps = (x: Value) => g.mul(g.step(x), g.constant(x.graph, 1.703125));
const winners = (x: Value) => x.graph.apply(g.ops.maxPool2d, [x], poolWindow(window))[1];

const followers: readonly Follower[] = [
  ["div", "by a number of each channel", (x, y) => g.div(g.sigmoid(y), perChannel(g.exp(x)))],
  [
    "log",
    "of a number of each image",
    (x, y) => g.add(g.log(g.reduceSum(g.exp(x), [1, 2, 3], true)), y),
  ],
  ["mul", "by channels of each image", (x, y) => g.mul(x, g.sigmoid(g.reduceSum(y, [2, 3], true)))],
  ["mul", "by pixels of each image", (x, y) => g.mul(x, g.sigmoid(g.reduceSum(y, [1], true)))],
  ["mul", "by one row of pixels", (x, y) => g.mul(x, g.sigmoid(g.reduceSum(y, [0, 1, 2], true)))],
  [
    "mul",
    "by one column of pixels",
    (x, y) => g.mul(x, g.reduceSum(g.sigmoid(y), [0, 1, 3], true)),
  ],
  ["reduceMax", "over channels", (x) => g.reduceMax(x, [1], true)],
  ["reduceSum", "over pixels", (x) => g.reduceSum(g.exp(x), [2, 3])],
  ["maxPool2d", "with winners", (x) => x.graph.apply(g.ops.maxPool2d, [x], poolWindow(window))],
  [
    "avgPool2d",
    "of a sum, summed",
    (x, y) => g.reduceSum(g.exp(g.avgPool2d(g.add(x, y), window)), [2, 3]),
  ],
  [
    "batchNorm",
    "with residual and ReLU",
    (x, y) => g.batchNorm(x, row(g.sigmoid(x)), row(y), { residual: y, activation: "relu" }),
  ],
  ["groupNorm", "a group a channel", (x, y) => grouped(x, y, x.shape[1])],
  ["groupNorm", "two groups, or one", (x, y) => grouped(x, y, x.shape[1] % 2 === 0 ? 2 : 1)],
  ["concat", "channels", (x, y) => g.sigmoid(g.concat([x, y], 1))],
  ["concat", "images", (x, y) => g.sigmoid(g.concat([x, y], 0))],
  ["cast", "to bf16 and back", (x) => g.cast(g.cast(steps(x), "bf16"))],
  ["cast", "to bf16, as it lies", (x) => g.cast(steps(x), "bf16")],
  ["cast", "to i8 and back", (x) => g.cast(g.cast(steps(x), "i8"))],
  ["cast", "winners", (x) => g.cast(g.cast(winners(x)), "i8")],
  ["packBits", "signs", (x, y) => [g.unpackBits(g.packBits(x, 1), 1, x), y]],
  ["packBits", "signs as bytes", (x) => g.packBits(x, 1)],
  ["packBits", "signs as bytes that another op takes", (x) => g.cast(g.packBits(x, 1))],
  [
    "unpackBits",
    "signs in another shape",
    (x) => g.unpackBits(g.packBits(x, 1), 1, { dtype: "f32", shape: [sizeOf(x.shape)] }),
  ],
  [
    "unpackBits",
    "pairs of signs",
    (x) => g.unpackBits(g.packBits(x, 1), 2, { dtype: "u8", shape: [sizeOf(x.shape) / 2] }),
  ],
  [
    "unpackBits",
    "winners, with other bits",
    (x) => g.cast(g.unpackBits(g.packBits(winners(x), 4), 2, winners(x))),
  ],
  ["unpackBits", "winners", (x) => g.cast(g.unpackBits(g.packBits(winners(x), 4), 4, winners(x)))],
  [
    "slice",
    "all channels but the first",
    (x) => g.sigmoid(g.slice(x, [0, 1, 0, 0], [x.shape[0], x.shape[1] - 1, 6, 5])),
  ],
  [
    "slice",
    "some pixels",
    (x) => g.sigmoid(g.slice(x, [0, 0, 1, 2], [x.shape[0], x.shape[1], 4, 3])),
  ],
  ["pad", "pixels", (x) => g.exp(g.pad(x, [0, 0, 1, 0], [0, 0, 0, 2]))],
  ["pad", "channels", (x) => g.exp(g.pad(x, [0, 8, 0, 0], [0, 8, 0, 0]))],
  ["transpose", "channels last", (x) => g.sigmoid(g.transpose(x, [0, 2, 3, 1]))],
  ["reshape", "rows", (x, y) => g.mul(rows(x), rows(g.sigmoid(y)))],
  ["resize", "larger", (x) => g.sigmoid(g.resize(x, [9, 7], "bilinear"))],
  [
    "conv2d",
    "between fused passes",
    (x, y) => {
      const next = g.reshape(g.slice(x, [0, 0, 0, 0], [1, x.shape[1], 3, 3]), [1, -1, 3, 3]);
      return g.sqrt(g.conv2d(g.sigmoid(y), g.sigmoid(next), { padding: 1 }));
    },
  ],
  [
    "conv2d",
    "depthwise, with bias and ReLU",
    (x, y) => {
      const channels = x.shape[1];
      const weights = g.slice(y, [0, 0, 0, 0], [1, channels, 3, 3]);
      return g.conv2d(x, g.reshape(weights, [channels, 1, 3, 3]), {
        groups: channels,
        padding: 1,
        bias: row(g.sigmoid(y)),
        activation: "relu",
      });
    },
  ],
];

const casesOf = ([count, channels]: readonly [number, number]): Case[] =>
  followers.map(([op, name, build]) => ({
    op,
    name: `${name}, behind convolutions of ${count} images to ${channels} channels`,
    operands: [
      { shape: [count, 3, 6, 5], range: [-1, 1] },
      { shape: [channels, 3, 3, 3], range: [-0.2, 0.3] },
      { shape: [channels, 3, 1, 1], range: [-0.5, 1] },
    ],
    build: ([images, wide, narrow]) =>
      build(g.conv2d(images, wide, { padding: 1 }), g.conv2d(images, narrow)),
    ...(!g.ops[op].gradient && { differentiable: false }),
  }));

/** Nine are enough for an engine to take them piece by piece with two threads. */
const sizes = [
  [2, 2],
  [2, 6],
  [2, 8],
  [2, 17],
  [2, 24],
  [9, 17],
] as const;

export const layoutCases: readonly Case[] = sizes.flatMap(casesOf);
