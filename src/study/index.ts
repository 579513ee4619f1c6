export { firstDifference } from "./difference.js";
export { rateFiles } from "./rateReport.js";
export type { RateScore, Verdict } from "./rates.js";
export type { RunOutcome } from "./run.js";
export { type Estimate, estimate, tQuantile } from "./statistics.js";
export {
  type Course,
  inOrder,
  runStudy,
  type StudyOptions,
  type StudyProgress,
  type StudyRun,
} from "./study.js";
export {
  defaultRates,
  type RateRun,
  type TunedRate,
  type TuneOptions,
  type TunePlan,
  type TuneProgress,
  type TuneSettings,
  tuneRate,
  untuned,
} from "./tuneRate.js";
