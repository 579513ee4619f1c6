export { firstDifference } from "./difference.js";
export { getPolicyMethod, type PolicyMethod, policyMethods } from "./policies/methods.js";
export {
  decidedByPolicies,
  type PolicyOptions,
  type PolicyReport,
  type PolicySearch,
  policyFiles,
  resumePolicy,
  tunePolicy,
} from "./policies/tunePolicy.js";
export {
  type LabelCount,
  type ProbeOptions,
  type ProbeResult,
  type ProbeRow,
  probe,
} from "./probe/probe.js";
export { rateFiles } from "./rateReport.js";
export type { RateScore, Verdict } from "./rates.js";
export type { RunOutcome } from "./run.js";
export { geneParameters } from "./search/genes.js";
export type { SettingsPlan } from "./search/plan.js";
export {
  type ReportedTrial,
  readSearch,
  type SearchReport,
} from "./search/report.js";
export type { SettingsSearch } from "./search/settle.js";
export type { TrialRecord } from "./search/trials.js";
export {
  resumeSettings,
  type SearchOptions,
  type SearchOutcome,
  type SearchProgress,
  searchFiles,
  tuneSettings,
} from "./search/tuneSettings.js";
export {
  keptShares,
  runSelections,
  type SelectionMethod,
  type SelectionProgress,
  type SelectionRow,
  type SelectionRun,
  type SelectionStudy,
  type SelectionStudyOptions,
  selectionRows,
} from "./selections.js";
export { type Estimate, estimate, tQuantile, withinShares } from "./statistics.js";
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
export { holm, type SignedRank, signedRank } from "./wilcoxon.js";
