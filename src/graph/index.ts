export type { Activation } from "./activation.js";
export { gradients } from "./autodiff.js";
export { graphFlops, graphMacs, macsOf, nodeFlops, nodeMacs, nonZeros } from "./cost.js";
export {
  type Attrs,
  apply,
  Graph,
  type Loops,
  Node,
  type Op,
  type TensorType,
  Value,
} from "./graph.js";
export * from "./layout.js";
export { normal } from "./normal.js";
export { gelu, hardSwish, relu, relu6, sigmoid, silu, tanh } from "./ops/activations.js";
export { constant, input, read, scalar, write } from "./ops/bindings.js";
export { cast, oneHot } from "./ops/cast.js";
export {
  compress,
  compressReport,
  packBits,
  restore,
  unpackBits,
} from "./ops/compress.js";
export {
  type ConvGeometry,
  type ConvOptions,
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  convGeometry,
  convTranspose2d,
} from "./ops/conv.js";
export { type OpName, ops } from "./ops/index.js";
export {
  type ByteScale,
  dequantise,
  type IntegerConvOptions,
  type IntegerPoolOptions,
  integerAdd,
  integerConv2d,
  integerPool2d,
  quantise,
} from "./ops/integer.js";
export { type MatmulOptions, matmul } from "./ops/matmul.js";
export {
  batchNorm,
  batchNormApply,
  batchNormGrad,
  groupNorm,
  groupNormGrad,
  type NormOptions,
} from "./ops/norm.js";
export {
  abs,
  add,
  div,
  erf,
  exp,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  round,
  select,
  sqrt,
  step,
  stopGradient,
  sub,
} from "./ops/pointwise.js";
export {
  avgPool2d,
  avgPool2dGrad,
  maxPool2d,
  maxPool2dGrad,
  type PoolOptions,
} from "./ops/pool.js";
export { uniform } from "./ops/random.js";
export { lstm, lstmGrad } from "./ops/recurrent.js";
export {
  kthLargest,
  logSoftmax,
  norms,
  reduceMax,
  reduceSum,
  segmentExpand,
  segmentSum,
} from "./ops/reduce.js";
export { resize, resizeGrad } from "./ops/resize.js";
export { addRows, takeRows } from "./ops/rows.js";
export { ctc } from "./ops/sequence.js";
export { concat, expand, pad, reshape, slice, transpose } from "./ops/shape.js";
export { compressSaved } from "./passes/compressSaved.js";
export { halfPrecision } from "./passes/halfPrecision.js";
export { rematerialise } from "./passes/rematerialise.js";
export { type SerialisedGraph, serialise } from "./serialise.js";
export type { Padding, Pair } from "./window.js";
