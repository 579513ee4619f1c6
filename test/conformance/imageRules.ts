// Rules of windows over images, of resizing and of norms: native/infer/images.cc and norms.cc.

import { attrs, f32, MISFIT, operands, type Rule, u8 } from "./rule.js";

const images = f32(2, 4, 5, 6);
const square = { strides: [1, 1], padding: [0, 0, 0, 0] };
const conv = { ...square, dilation: [1, 1], groups: 2 };
const pool = { ...square, kernel: [5, 6], padding: [4, 5, 4, 5] };
const norm = { eps: 1e-5, activation: "relu" };
const LARGEST = 2 ** 30;
/** Weights and gradients in [groups 2]: 3x3 windows of 5 x 6 pixels, with room for one in each direction or more. */
const [weights, made] = [f32(6, 2, 5, 6), f32(2, 6, 1, 1)];

const windows: readonly Rule["wrong"][number][] = [
  [attrs({ strides: [0, 1] }), /strides out of bounds/],
  [attrs({ strides: [1, LARGEST + 1] }), /strides out of bounds/],
  [attrs({ strides: [1] }), /expected 2 numbers as strides, found 1/],
  [attrs({ padding: [0, -1, 0, 0] }), /padding out of bounds/],
  [attrs({ padding: [0, 0, 0] }), /expected 4 numbers as padding, found 3/],
];

const convWrong: Rule["wrong"] = [
  ...windows,
  [attrs({ dilation: [1, 0] }), /dilation out of bounds/],
  [attrs({ dilation: [2, 1] }), /an image too small/],
  [attrs({ groups: 0 }), /expected 1 to \d+ as groups, found 0/],
  [attrs({ groups: 3 }), /weights and groups do not fit/],
  [attrs({ groups: 1 }), /weights and groups do not fit/],
  [attrs({ groups: 1.5 }), /expected whole numbers as .*groups/],
];

const poolWrong: Rule["wrong"] = [
  ...windows,
  [attrs({ kernel: [0, 1] }), /kernel out of bounds/],
  [attrs({ padding: [5, 5, 4, 5] }), /see padding only/],
  [attrs({ padding: [4, 6, 4, 5] }), /see padding only/],
  [attrs({ padding: [4, 5, 5, 5] }), /see padding only/],
  [attrs({ padding: [4, 5, 4, 6] }), /see padding only/],
  [attrs({ kernel: [14, 6] }), /an image too small/],
];

const pooled = f32(2, 4, 9, 11);
const perChannel = f32(4);

export const imageRules: readonly Rule[] = [
  {
    op: "conv2d",
    operands: [images, weights, f32(6), made],
    attrs: { ...conv, activation: "relu6" },
    results: [made],
    wrong: [
      ...convWrong,
      [attrs({ activation: "tanh" }), /unknown activation tanh/],
      [operands(f32(4, 5, 6), weights), /four axes/],
      [operands(images, f32(6, 2, 30)), /four axes/],
      [operands(images, f32(5, 2, 5, 6)), /weights and groups do not fit/],
      [operands(images, f32(6, 2, 6, 6)), /an image too small/],
      [operands(images, f32(6, 2, 5, 7)), /an image too small/],
      [operands(images, weights, f32(5), made), MISFIT],
      [operands(images, weights, f32(6), f32(2, 6, 1, 2)), MISFIT],
      [operands(u8(2, 4, 5, 6), weights), /expected f32 operands/],
      [operands(images, weights, f32(6), made, made), /another number of operands/],
    ],
  },
  {
    op: "conv2d",
    operands: [f32(1, 1, LARGEST, 1), f32(1, 1, LARGEST, 1)],
    attrs: { ...conv, groups: 1, activation: "none" },
    results: [f32(1, 1, 1, 1)],
    wrong: [
      [operands(f32(1, 1, LARGEST + 1, 1), f32(1, 1, LARGEST + 1, 1)), /weights out of bounds/],
      [operands(f32(1, 1, 1, LARGEST + 1), f32(1, 1, 1, LARGEST + 1)), /weights out of bounds/],
    ],
  },
  {
    op: "conv2d",
    operands: [f32(1, 1, 1, LARGEST), f32(1, 1, 1, LARGEST)],
    attrs: { ...conv, groups: 1, activation: "none" },
    results: [f32(1, 1, 1, 1)],
    wrong: [],
  },
  {
    op: "conv2dInputGrad",
    operands: [made, weights],
    attrs: { ...conv, shape: images.shape },
    results: [images],
    wrong: [...convWrong, [operands(f32(2, 6, 1, 2), weights), /the gradient has another shape/]],
  },
  {
    op: "conv2dWeightGrad",
    operands: [images, made],
    attrs: { ...conv, shape: weights.shape, bias: true },
    results: [weights, f32(6)],
    wrong: [
      ...convWrong,
      [operands(images, f32(3, 6, 1, 1)), /the gradient has another shape/],
      [attrs({ bias: false }), /another number of results/],
      [attrs({ bias: [1] }), /expected a number as bias/],
    ],
  },
  {
    op: "maxPool2d",
    operands: [images],
    attrs: pool,
    results: [pooled, u8(2, 4, 9, 11)],
    wrong: [...poolWrong, [operands(f32(4, 5, 6)), /expected f32 \[batch, channels/]],
  },
  {
    op: "maxPool2d",
    operands: [f32(1, 1, 15, 17)],
    attrs: { ...square, kernel: [15, 17], strides: [LARGEST, 1] },
    results: [f32(1, 1, 1, 1), u8(1, 1, 1, 1)],
    wrong: [[attrs({ kernel: [16, 16] }), /a window too large/]],
  },
  {
    op: "maxPool2dGrad",
    operands: [pooled, u8(2, 4, 9, 11)],
    attrs: { ...pool, shape: images.shape },
    results: [images],
    wrong: [
      ...poolWrong,
      [attrs({ kernel: [16, 16] }), /a window too large/],
      [operands(pooled, f32(2, 4, 9, 11)), /expected winners of u8/],
      [operands(pooled, u8(2, 4, 9, 10)), MISFIT],
      [operands(f32(2, 4, 9, 10), u8(2, 4, 9, 10)), /the gradient has another shape/],
    ],
  },
  {
    op: "avgPool2d",
    operands: [images],
    attrs: { ...pool, countPadding: false },
    results: [pooled],
    wrong: [...poolWrong, [operands(u8(2, 4, 5, 6)), /expected f32 \[batch, channels/]],
  },
  {
    op: "avgPool2dGrad",
    operands: [pooled],
    attrs: { ...pool, countPadding: true, shape: images.shape },
    results: [images],
    wrong: [...poolWrong, [operands(f32(2, 4, 9, 10)), /the gradient has another shape/]],
  },
  {
    op: "resize",
    operands: [images],
    attrs: { mode: "bilinear", size: [1, 9] },
    results: [f32(2, 4, 1, 9)],
    wrong: [
      [attrs({ mode: "cubic" }), /unknown mode cubic/],
      [attrs({ size: [0, 9] }), /size out of bounds/],
      [operands(f32(4, 5, 6)), /expected f32 \[batch, channels/],
    ],
  },
  {
    op: "batchNorm",
    operands: [f32(3, 4), perChannel, perChannel, f32(3, 4)],
    attrs: norm,
    results: [f32(3, 4), perChannel, perChannel],
    wrong: [
      [attrs({ activation: "gelu" }), /unknown activation gelu/],
      [attrs({ eps: "0" }), /expected a number as eps/],
      [operands(f32(3, 4, 5), perChannel, perChannel), /or \[batch, channels, height, width\]/],
      [operands(f32(4), perChannel, perChannel), /or \[batch, channels, height, width\]/],
      [operands(f32(3, 4), f32(3), perChannel), MISFIT],
      [operands(f32(3, 4), perChannel, f32(5)), MISFIT],
      [operands(f32(3, 4), perChannel, perChannel, f32(4, 3)), MISFIT],
    ],
  },
  {
    op: "batchNormApply",
    operands: [images, perChannel, perChannel, perChannel, perChannel, images],
    attrs: norm,
    results: [images],
    wrong: [
      [operands(images, perChannel, perChannel, perChannel, f32(2), images), MISFIT],
      [operands(images, perChannel, perChannel, perChannel, perChannel, f32(4)), MISFIT],
    ],
  },
  {
    op: "groupNorm",
    operands: [images, perChannel, perChannel],
    attrs: { ...norm, groups: 2 },
    results: [images, f32(2, 2), f32(2, 2)],
    wrong: [
      [attrs({ groups: 3 }), /do not divide the channels/],
      [attrs({ groups: 0 }), /as groups, found 0/],
    ],
  },
  {
    op: "groupNormGrad",
    operands: [images, images, perChannel, perChannel, f32(2, 4), f32(2, 4), images],
    attrs: { ...norm, groups: 4, residual: false },
    results: [images, perChannel, perChannel],
    wrong: [
      [operands(images, images, perChannel, perChannel, f32(2, 4), f32(2, 3)), MISFIT],
      [operands(images, images, perChannel, f32(3), f32(2, 4), f32(2, 4)), MISFIT],
      [operands(images, f32(2, 4), perChannel, perChannel, f32(2, 4), f32(2, 4)), MISFIT],
      [attrs({ residual: true }), /another number of results/],
    ],
  },
];
