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
  lossOptions,
  openLearner,
  openPrograms,
  type StepResult,
} from "./learner.js";
export { type LearningRate, learningRate } from "./learningRate.js";
export { Ledger } from "./ledger.js";
export {
  compileTraining,
  type Examples,
  type TrainingProgram,
} from "./objective.js";
export { openLoader } from "./openLoader.js";
export { openSession } from "./openSession.js";
export { pipeline } from "./pipeline.js";
export type { OwnParts, Prepared } from "./prepare.js";
export {
  addTallies,
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
export { RELIABLE_STEPS, Statistics } from "./statistics.js";
export { Stopwatch } from "./stopwatch.js";
export type { OpenTraining, Training } from "./training.js";
export { type NetInfo, readWeights, vectorOf, type Weights } from "./weights.js";
