// Every layer. A new one is its file, its test and one line here.

export * from "./activations.js";
export { type BatchNormOptions, batchNorm } from "./batchNorm.js";
export { type Conv2dOptions, conv2d } from "./conv2d.js";
export { type ConvTranspose2dOptions, convTranspose2d } from "./convTranspose2d.js";
export { dropout } from "./dropout.js";
export { groupNorm } from "./groupNorm.js";
export { layerNorm } from "./layerNorm.js";
export { type LinearOptions, linear } from "./linear.js";
export { type LstmOptions, lstm } from "./lstm.js";
export type { LayerPadding } from "./padding.js";
export {
  adaptiveAvgPool,
  avgPool,
  globalAvgPool,
  type MaxPoolOptions,
  maxPool,
} from "./pooling.js";
export { type ResidualOptions, residual } from "./residual.js";
export { type NamedLayers, sequential } from "./sequential.js";
export { flatten, reshape, upsample } from "./shaping.js";
