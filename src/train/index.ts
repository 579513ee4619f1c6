export { writeFileAtomic } from "./atomicFile.js";
export type { State } from "./checkpoint.js";
export {
  ConfigError,
  parseConfig,
  parseSettings,
  settingNames,
  type TrainConfig,
  type TrainSettings,
  trainConfig,
} from "./config.js";
export { DivergedError, RunError } from "./errors.js";
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
export { EpochTable } from "./listeners/epochTable.js";
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
export { type RunConfig, readRunConfig, runFiles } from "./runFolder.js";
export { Statistics } from "./statistics.js";
export type { StopReason } from "./stopping.js";
export { Stopwatch } from "./stopwatch.js";
export { type Judgement, openTrained, Trained } from "./trained.js";
export { type TrainOptions, train } from "./trainer.js";
export type { OpenTraining, Training } from "./training.js";
export { type NetInfo, readWeights, vectorOf, type Weights } from "./weights.js";
