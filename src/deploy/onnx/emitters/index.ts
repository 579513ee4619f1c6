// How each primitive is written. A new op is its place in the file of its family, and is missing here until it has one.

import type { OpName } from "../../../graph/index.js";
import type { Emitter, Refusal } from "./emitter.js";
import { imageEmitters } from "./images.js";
import { integerEmitters, keepingScale } from "./integers.js";
import { pointwiseEmitters } from "./pointwise.js";
import { rowEmitters } from "./rows.js";

export type { Emitter, Refusal } from "./emitter.js";

const training: Refusal = { refused: "it belongs to training" };
const outside: Refusal = { refused: "it is bound from outside" };
const random: Refusal = {
  refused: "ONNX's random numbers are no function of a seed that all runtimes share",
};
const joined: Refusal = { refused: "engines make it of others; export the graph before that" };

/** By the names of ops. */
export const emitters: Readonly<Record<OpName, Emitter | Refusal>> = {
  ...pointwiseEmitters,
  ...imageEmitters,
  ...rowEmitters,
  ...integerEmitters,
  concat: keepingScale(rowEmitters.concat),
  pad: keepingScale(rowEmitters.pad),
  reshape: keepingScale(rowEmitters.reshape),
  slice: keepingScale(rowEmitters.slice),
  transpose: keepingScale(rowEmitters.transpose),
  cast: { refused: "it stands between numbers and labels or bytes" },
  takeRows: { refused: "its rows go by whole numbers" },
  constant: (node, to) => to.constant("f32", node.attrs["value"] as number),
  input: outside,
  read: outside,
  scalar: outside,
  write: training,
  addRows: training,
  avgPool2dGrad: training,
  batchNorm: training,
  batchNormGrad: training,
  compress: training,
  conv2dWeightGrad: training,
  ctc: training,
  groupNormGrad: training,
  lstmGrad: training,
  maxPool2dGrad: training,
  norms: training,
  oneHot: training,
  packBits: training,
  resizeGrad: training,
  restore: training,
  segmentExpand: training,
  segmentSum: training,
  unpackBits: training,
  fused: joined,
  uniform: random,
};
