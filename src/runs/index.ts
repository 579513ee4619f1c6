export { drawPrediction } from "./draw.js";
export type { Features } from "./features.js";
export { openTraining, swarmOf } from "./fromConfig.js";
export { EpochTable } from "./listeners/epochTable.js";
export { type FilePrediction, predictFiles } from "./predictFiles.js";
export { type RunConfig, readRunConfig } from "./runConfig.js";
export { runFiles } from "./runFiles.js";
export { type TrainOptions, train } from "./train.js";
export { openTrained, type TimedEvaluation, Trained } from "./trained.js";
