// Rules of arithmetic on bytes: native/infer/integer.cc.

import { attrs, f32, i8, i32, MISFIT, operands, type Rule, u8 } from "./rule.js";

const square = { strides: [1, 1], padding: [0, 0, 0, 0] };
const byte = { scale: 0.5, zero: 255 };
const conv = {
  ...{
    ...square,
    dilation: [1, 1],
    groups: 2,
    dtype: "u8",
    zero: 0,
    outZero: 255,
    residualZero: 0,
  },
  residualMultiplier: 0.5,
};
const pool = {
  ...{ ...square, kernel: [2, 3], mode: "mean", countPadding: 1, zero: 0, outZero: 255 },
  multiplier: 0.5,
};
const sum = { zero: 0, otherZero: 255, outZero: 3, multiplier: 0.5, otherMultiplier: 2 };

const images = u8(2, 4, 5, 6);
const weights = i8(6, 2, 3, 3);
const [bias, factors, made] = [i32(6), f32(6), u8(2, 6, 3, 4)];
/** As many products as a sum may have, and one more. */
const MOST = 2 ** 16;

export const integerRules: readonly Rule[] = [
  {
    op: "quantise",
    operands: [f32(2, 3)],
    attrs: byte,
    results: [u8(2, 3)],
    wrong: [
      [operands(u8(2, 3)), /expected f32 operands/],
      [operands(f32(2, 3, 1)), /expected images or rows/],
      [attrs({ scale: 0 }), /a scale above 0/],
      [attrs({ scale: 1e39 }), /a scale above 0/],
      [attrs({ zero: 256 }), /expected 0 to 255 as zero, found 256/],
      [attrs({ zero: -1 }), /expected 0 to 255 as zero, found -1/],
    ],
  },
  {
    op: "dequantise",
    operands: [u8(7)],
    attrs: byte,
    results: [f32(7)],
    wrong: [
      [operands(f32(7)), /expected u8/],
      [attrs({ scale: -1 }), /a scale above 0/],
    ],
  },
  {
    op: "integerConv2d",
    operands: [images, weights, bias, factors, made],
    attrs: conv,
    results: [made],
    wrong: [
      [operands(f32(2, 4, 5, 6), weights, bias, factors), /expected u8 \[batch/],
      [operands(images, u8(6, 2, 3, 3), bias, factors), /expected i8 weights/],
      [operands(images, i8(6, 4, 3, 3), bias, factors), /weights and groups do not fit/],
      [operands(images, weights, i32(5), factors), MISFIT],
      [operands(images, weights, f32(6), factors), MISFIT],
      [operands(images, weights, bias, f32(5)), MISFIT],
      [operands(images, weights, bias, factors, u8(2, 6, 3, 3)), MISFIT],
      [operands(images, weights, bias, factors, f32(2, 6, 3, 4)), /expected u8 \[batch/],
      [operands(images, weights, bias), /another number of operands/],
      [attrs({ dtype: "i32" }), /unknown dtype i32/],
      [attrs({ zero: 256 }), /expected 0 to 255 as zero/],
      [attrs({ outZero: -1 }), /expected 0 to 255 as outZero/],
      [attrs({ residualZero: 0.5 }), /expected whole numbers/],
      [attrs({ padding: [0, 2 ** 29, 0, 0] }), /a window too large/],
    ],
  },
  {
    op: "integerConv2d",
    operands: [u8(1, MOST, 1, 1), i8(1, MOST, 1, 1), i32(1), f32(1)],
    attrs: { ...conv, groups: 1 },
    results: [u8(1, 1, 1, 1)],
    wrong: [
      [
        operands(u8(1, MOST + 1, 1, 1), i8(1, MOST + 1, 1, 1), i32(1), f32(1)),
        /more products than a sum of 32 bits holds/,
      ],
    ],
  },
  {
    op: "integerConv2d",
    operands: [u8(1, 1, 1, 1), i8(1, 1, 1, 2), i32(1), f32(1)],
    attrs: { ...conv, groups: 1, padding: [0, 2 ** 28 - 1, 0, 0], dilation: [1, 2 ** 28 - 1] },
    results: [u8(1, 1, 1, 1)],
    wrong: [[attrs({ padding: [0, 2 ** 28, 0, 0], dilation: [1, 2 ** 28] }), /a window too large/]],
  },
  {
    op: "integerPool2d",
    operands: [images],
    attrs: pool,
    results: [u8(2, 4, 4, 4)],
    wrong: [
      [operands(f32(2, 4, 5, 6)), /expected u8 \[batch/],
      [operands(u8(4, 5, 6)), /expected u8 \[batch/],
      [attrs({ mode: "least" }), /unknown mode least/],
      [attrs({ padding: [2, 0, 0, 0] }), /see padding only/],
      [attrs({ outZero: 256 }), /expected 0 to 255 as outZero/],
    ],
  },
  {
    op: "integerPool2d",
    operands: [u8(1, 1, 256, 256)],
    attrs: { ...pool, kernel: [256, 256] },
    results: [u8(1, 1, 1, 1)],
    wrong: [
      [
        {
          ...operands(u8(1, 1, 256, 257)),
          ...attrs({ kernel: [256, 257] }),
        },
        /a window too large/,
      ],
    ],
  },
  {
    op: "integerAdd",
    operands: [u8(2, 3), u8(2, 3)],
    attrs: sum,
    results: [u8(2, 3)],
    wrong: [
      [operands(u8(2, 3), u8(3, 2)), MISFIT],
      [operands(u8(2, 3), f32(2, 3)), /expected u8/],
      [attrs({ otherZero: 256 }), /expected 0 to 255 as otherZero/],
    ],
  },
];
