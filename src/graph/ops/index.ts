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

/** The primitives that an engine implements, by name. */
export const ops = Object.fromEntries(
  [
    absOp,
    addOp,
    avgPool2dOp,
    avgPool2dGradOp,
    batchNormOp,
    batchNormApplyOp,
    batchNormGradOp,
    castOp,
    compressOp,
    concatOp,
    constantOp,
    conv2dOp,
    conv2dInputGradOp,
    conv2dWeightGradOp,
    divOp,
    erfOp,
    expOp,
    expandOp,
    fromBf16Op,
    fusedOp,
    geluOp,
    groupNormOp,
    groupNormGradOp,
    hardSwishOp,
    inputOp,
    logOp,
    logSoftmaxOp,
    matmulOp,
    maxOp,
    maxPool2dOp,
    maxPool2dGradOp,
    minOp,
    mulOp,
    negOp,
    normsOp,
    oneHotOp,
    packBitsOp,
    padOp,
    powOp,
    readOp,
    reduceMaxOp,
    reduceSumOp,
    reluOp,
    relu6Op,
    reshapeOp,
    resizeOp,
    resizeGradOp,
    restoreOp,
    roundOp,
    scalarOp,
    segmentExpandOp,
    segmentSumOp,
    selectOp,
    sigmoidOp,
    siluOp,
    sliceOp,
    sqrtOp,
    stepOp,
    stopGradientOp,
    subOp,
    tanhOp,
    toBf16Op,
    transposeOp,
    uniformOp,
    unpackBitsOp,
    writeOp,
  ].map((op) => [op.name, op as unknown as Op]),
) as Readonly<Record<string, Op>>;
