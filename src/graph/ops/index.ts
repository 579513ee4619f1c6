// Every primitive, by name. A new op is its place in the file of its family, its test cases and a line here.

import type { Op } from "../graph.js";
import { geluOp, hardSwishOp, relu6Op, reluOp, sigmoidOp, siluOp, tanhOp } from "./activations.js";
import { constantOp, inputOp, readOp, scalarOp, writeOp } from "./bindings.js";
import { castOp, oneHotOp } from "./cast.js";
import { compressOp, packBitsOp, restoreOp, unpackBitsOp } from "./compress.js";
import { conv2dInputGradOp, conv2dOp, conv2dWeightGradOp } from "./conv.js";
import { fusedOp } from "./fused.js";
import {
  dequantiseOp,
  integerAddOp,
  integerConv2dOp,
  integerPool2dOp,
  quantiseOp,
} from "./integer.js";
import { matmulOp } from "./matmul.js";
import {
  batchNormApplyOp,
  batchNormGradOp,
  batchNormOp,
  groupNormGradOp,
  groupNormOp,
} from "./norm.js";
import {
  absOp,
  addOp,
  divOp,
  erfOp,
  expOp,
  logOp,
  maxOp,
  minOp,
  mulOp,
  negOp,
  powOp,
  roundOp,
  selectOp,
  sqrtOp,
  stepOp,
  stopGradientOp,
  subOp,
} from "./pointwise.js";
import { avgPool2dGradOp, avgPool2dOp, maxPool2dGradOp, maxPool2dOp } from "./pool.js";
import { uniformOp } from "./random.js";
import { lstmGradOp, lstmOp } from "./recurrent.js";
import {
  kthLargestOp,
  logSoftmaxOp,
  normsOp,
  reduceMaxOp,
  reduceSumOp,
  segmentExpandOp,
  segmentSumOp,
} from "./reduce.js";
import { resizeGradOp, resizeOp } from "./resize.js";
import { addRowsOp, takeRowsOp } from "./rows.js";
import { ctcOp } from "./sequence.js";
import { concatOp, expandOp, padOp, reshapeOp, sliceOp, transposeOp } from "./shape.js";

/** Ops by name, whatever their attributes. */
const table = <N extends string>(rows: Readonly<Record<N, Pick<Op, "name">>>) =>
  rows as Readonly<Record<N, Op>>;

/** The primitives that an engine implements, by name. */
export const ops = table({
  abs: absOp,
  add: addOp,
  addRows: addRowsOp,
  avgPool2d: avgPool2dOp,
  avgPool2dGrad: avgPool2dGradOp,
  batchNorm: batchNormOp,
  batchNormApply: batchNormApplyOp,
  batchNormGrad: batchNormGradOp,
  cast: castOp,
  compress: compressOp,
  concat: concatOp,
  constant: constantOp,
  conv2d: conv2dOp,
  conv2dInputGrad: conv2dInputGradOp,
  conv2dWeightGrad: conv2dWeightGradOp,
  ctc: ctcOp,
  dequantise: dequantiseOp,
  div: divOp,
  erf: erfOp,
  exp: expOp,
  expand: expandOp,
  fused: fusedOp,
  gelu: geluOp,
  groupNorm: groupNormOp,
  groupNormGrad: groupNormGradOp,
  hardSwish: hardSwishOp,
  input: inputOp,
  integerAdd: integerAddOp,
  integerConv2d: integerConv2dOp,
  integerPool2d: integerPool2dOp,
  log: logOp,
  kthLargest: kthLargestOp,
  logSoftmax: logSoftmaxOp,
  lstm: lstmOp,
  lstmGrad: lstmGradOp,
  matmul: matmulOp,
  max: maxOp,
  maxPool2d: maxPool2dOp,
  maxPool2dGrad: maxPool2dGradOp,
  min: minOp,
  mul: mulOp,
  neg: negOp,
  norms: normsOp,
  oneHot: oneHotOp,
  packBits: packBitsOp,
  pad: padOp,
  pow: powOp,
  quantise: quantiseOp,
  read: readOp,
  reduceMax: reduceMaxOp,
  reduceSum: reduceSumOp,
  relu: reluOp,
  relu6: relu6Op,
  reshape: reshapeOp,
  resize: resizeOp,
  resizeGrad: resizeGradOp,
  restore: restoreOp,
  round: roundOp,
  scalar: scalarOp,
  segmentExpand: segmentExpandOp,
  segmentSum: segmentSumOp,
  select: selectOp,
  sigmoid: sigmoidOp,
  silu: siluOp,
  slice: sliceOp,
  sqrt: sqrtOp,
  step: stepOp,
  stopGradient: stopGradientOp,
  sub: subOp,
  tanh: tanhOp,
  takeRows: takeRowsOp,
  transpose: transposeOp,
  uniform: uniformOp,
  unpackBits: unpackBitsOp,
  write: writeOp,
});

/** Name of a primitive. */
export type OpName = keyof typeof ops;
