export { writeFileAtomic } from "../files/atomicFile.js";
export { EpochTable } from "../runs/listeners/epochTable.js";
export { type RunConfig, readRunConfig } from "../runs/runConfig.js";
export { runFiles } from "../runs/runFiles.js";
export type { StopReason } from "../runs/stopping.js";
export { type TrainOptions, train } from "../runs/train.js";
export { openTrained, type TimedEvaluation, Trained } from "../runs/trained.js";
export type { State } from "./checkpoint.js";
export {
  parseConfig,
  settingNames,
  type TrainConfig,
  type TrainSettings,
  trainConfig,
} from "./config.js";
export { DivergedError } from "./divergedError.js";
export { type Evaluation, Evaluator } from "./evaluator.js";
export type * from "./events.js";
export {
  Learner,
  type LearnerOptions,
  type LearnerPrograms,
  openLearner,
  openLoader,
  openPrograms,
  type StepResult,
} from "./learner.js";
export { type LearningRate, learningRate } from "./learningRate.js";
export {
  classificationObjective,
  compileTraining,
  type TrainingProgram,
} from "./objective.js";
export { openSession } from "./openSession.js";
export { pipeline } from "./pipeline.js";
export type { OwnParts, Prepared } from "./prepare.js";
export {
  advance,
  type Best,
  type EpochRecord,
  isBetter,
  nextEpoch,
  noSums,
  type Progress,
  recordOf,
  spend,
  startOfRun,
} from "./progress.js";
export { Statistics } from "./statistics.js";
export { Stopwatch } from "./stopwatch.js";
export type { OpenTraining, Training } from "./training.js";
export { type NetInfo, readWeights, vectorOf, type Weights } from "./weights.js";
