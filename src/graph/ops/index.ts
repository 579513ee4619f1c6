// Every primitive, by name. A new op is its file, its test cases and one line here.

import type { Op } from "../graph.js";
import { absOp } from "./abs.js";
import { addOp } from "./add.js";
import { avgPool2dOp } from "./avgPool2d.js";
import { avgPool2dGradOp } from "./avgPool2dGrad.js";
import { batchNormOp } from "./batchNorm.js";
import { batchNormApplyOp } from "./batchNormApply.js";
import { batchNormGradOp } from "./batchNormGrad.js";
import { castOp } from "./cast.js";
import { compressOp } from "./compress.js";
import { concatOp } from "./concat.js";
import { constantOp } from "./constant.js";
import { conv2dOp } from "./conv2d.js";
import { conv2dInputGradOp } from "./conv2dInputGrad.js";
import { conv2dWeightGradOp } from "./conv2dWeightGrad.js";
import { divOp } from "./div.js";
import { erfOp } from "./erf.js";
import { expOp } from "./exp.js";
import { expandOp } from "./expand.js";
import { fromBf16Op } from "./fromBf16.js";
import { fusedOp } from "./fused.js";
import { geluOp } from "./gelu.js";
import { groupNormOp } from "./groupNorm.js";
import { groupNormGradOp } from "./groupNormGrad.js";
import { hardSwishOp } from "./hardSwish.js";
import { inputOp } from "./input.js";
import { logOp } from "./log.js";
import { logSoftmaxOp } from "./logSoftmax.js";
import { matmulOp } from "./matmul.js";
import { maxOp } from "./max.js";
import { maxPool2dOp } from "./maxPool2d.js";
import { maxPool2dGradOp } from "./maxPool2dGrad.js";
import { minOp } from "./min.js";
import { mulOp } from "./mul.js";
import { negOp } from "./neg.js";
import { normsOp } from "./norms.js";
import { oneHotOp } from "./oneHot.js";
import { packBitsOp } from "./packBits.js";
import { padOp } from "./pad.js";
import { powOp } from "./pow.js";
import { readOp } from "./read.js";
import { reduceMaxOp } from "./reduceMax.js";
import { reduceSumOp } from "./reduceSum.js";
import { reluOp } from "./relu.js";
import { relu6Op } from "./relu6.js";
import { reshapeOp } from "./reshape.js";
import { resizeOp } from "./resize.js";
import { resizeGradOp } from "./resizeGrad.js";
import { restoreOp } from "./restore.js";
import { roundOp } from "./round.js";
import { scalarOp } from "./scalar.js";
import { segmentExpandOp } from "./segmentExpand.js";
import { segmentSumOp } from "./segmentSum.js";
import { selectOp } from "./select.js";
import { sigmoidOp } from "./sigmoid.js";
import { siluOp } from "./silu.js";
import { sliceOp } from "./slice.js";
import { sqrtOp } from "./sqrt.js";
import { stepOp } from "./step.js";
import { stopGradientOp } from "./stopGradient.js";
import { subOp } from "./sub.js";
import { tanhOp } from "./tanh.js";
import { toBf16Op } from "./toBf16.js";
import { transposeOp } from "./transpose.js";
import { uniformOp } from "./uniform.js";
import { unpackBitsOp } from "./unpackBits.js";
import { writeOp } from "./write.js";

const table = {
  abs: absOp,
  add: addOp,
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
  div: divOp,
  erf: erfOp,
  exp: expOp,
  expand: expandOp,
  fromBf16: fromBf16Op,
  fused: fusedOp,
  gelu: geluOp,
  groupNorm: groupNormOp,
  groupNormGrad: groupNormGradOp,
  hardSwish: hardSwishOp,
  input: inputOp,
  log: logOp,
  logSoftmax: logSoftmaxOp,
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
  toBf16: toBf16Op,
  transpose: transposeOp,
  uniform: uniformOp,
  unpackBits: unpackBitsOp,
  write: writeOp,
};

/** Name of a primitive. */
export type OpName = keyof typeof table;

/** The primitives that an engine implements, by name. */
export const ops = table as unknown as Readonly<Record<OpName, Op>>;
