export { BitNet } from "./compress/bits/bitNet.js";
export type { BitAnswer, BitChooser, BitQuestion } from "./compress/bits/chooser.js";
export { bitChoosers } from "./compress/bits/index.js";
export {
  compressDistilled,
  type DistilOptions,
  type DistilReport,
} from "./compress/distil.js";
export { compressInt8, type Int8Options, type Int8Report } from "./compress/int8.js";
export {
  compressMixed,
  type MixedLayer,
  type MixedOptions,
  type MixedReport,
} from "./compress/mixed.js";
export {
  compressPruned,
  type NetSize,
  type PruneOptions,
  type PruneReport,
} from "./compress/prune.js";
export {
  compressShared,
  type SharedLayer,
  type ShareOptions,
  type ShareReport,
} from "./compress/share.js";
export { copyRun } from "./copyRun.js";
export { drawPrediction } from "./draw.js";
export { type EncoderFile, readEncoder, writeEncoder } from "./encoderFile.js";
export { productsBy } from "./engineProducts.js";
export { epochsIn, type Fit } from "./epochsIn.js";
export type { Features } from "./features.js";
export { type FileFeatures, featuresOfFiles } from "./featuresOfFiles.js";
export { openTraining, swarmOf } from "./fromConfig.js";
export { evaluateGroups, type GroupEvaluation } from "./groups.js";
export { EpochTable } from "./listeners/epochTable.js";
export type { LiveStatus } from "./listeners/live.js";
export { drawMistakes, type Mistake, WORST } from "./mistakes.js";
export {
  type Likeness,
  type LikenessOptions,
  likenessOf,
  type Near,
  nearestTo,
  type Pair,
} from "./neighbours.js";
export { openWeighed, type Weighed } from "./openWeighed.js";
export { type OpenWeightsOptions, openWeights, type WeightedNet } from "./openWeights.js";
export { ownSets } from "./ownSets.js";
export { Pace } from "./pace.js";
export { type FilePrediction, predictFiles, predictImages } from "./predictFiles.js";
export { previewBatch } from "./preview.js";
export { parseRunConfig, type RunConfig, readRunConfig } from "./runConfig.js";
export { freeFolder, runFiles, WEIGHTS_FOLDER } from "./runFiles.js";
export { metricsOfRun, scoreOfRun } from "./runMetrics.js";
export { askToStop } from "./stopFile.js";
export { swarmPlane } from "./swarmPlane.js";
export { decodingFor } from "./throughFiles.js";
export { thumbnailOf } from "./thumbnail.js";
export { type TrainOptions, train } from "./train.js";
export { type OpenTrainedOptions, openTrained, type TimedEvaluation, Trained } from "./trained.js";
export { type Decided, tuneDecision } from "./tuneDecision.js";
