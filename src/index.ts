// Convoy: trains ConvNets in TypeScript. What most programs need; the rooms have the rest
// (`convoynet/nn`, `convoynet/graph`, `convoynet/optim`, ...).

export { type Dataset, openDataset, type Splits, subset } from "./data/index.js";
export { createEngine, type Engine, type Vector } from "./engine/index.js";
export { InputError } from "./inputError.js";
export { createModel, listModels, type Model, type ModelInput } from "./models/index.js";
export * as nn from "./nn/index.js";
export { type ReportFormat, reportFormats, reportOn, writeReport } from "./report/index.js";
export {
  type BitAnswer,
  type BitChooser,
  BitNet,
  type BitQuestion,
  bitChoosers,
  compressDistilled,
  compressInt8,
  compressMixed,
  compressPruned,
  compressShared,
  type DistilOptions,
  type DistilReport,
  drawMistakes,
  drawPrediction,
  evaluateGroups,
  featuresOfFiles,
  type GroupEvaluation,
  type Int8Options,
  type Int8Report,
  type MixedLayer,
  type MixedOptions,
  type MixedReport,
  type OpenWeightsOptions,
  openTrained,
  openWeights,
  type PruneOptions,
  type PruneReport,
  predictFiles,
  previewBatch,
  type ShareOptions,
  type ShareReport,
  type TrainOptions,
  train,
  type WeightedNet,
} from "./runs/index.js";
export * as swarm from "./swarm/index.js";
export { captionOf } from "./tasks/index.js";
export { defineConfig } from "./train/config.js";
export type { Listener, Summary, TrainEvent, TrainSettings } from "./train/index.js";
export { version } from "./version.js";
