export {
  binomialError,
  type Estimate,
  estimate,
  type Tally,
  tally,
  tQuantile,
} from "../study/statistics.js";
export { type CompareOptions, type CompareProgress, compare } from "./compare.js";
export { getMethod, type Method, type MethodSettings, methods } from "./methods.js";
export { getMetric, type Metric, metrics, type Outcome, type Result } from "./outcome.js";
export {
  type BudgetName,
  budgetNames,
  type CompareSettings,
  type Plan,
  unplanned,
} from "./plan.js";
export type { BudgetTable, Comparison, Row, Versus } from "./report.js";
export type { Job, Purpose } from "./runs.js";
export {
  getSmallDataMethod,
  type SmallDataMethod,
  smallDataMethods,
} from "./smallData/methods.js";
export { decidedSettings, type SmallDataPlan, type SmallDataSettings } from "./smallData/plan.js";
export type {
  SmallDataReport,
  SmallDataRow,
  SmallDataRun,
  SplitResult,
} from "./smallData/report.js";
export { publishedSets } from "./smallData/sets.js";
export {
  resumeSmallData,
  type SmallDataOptions,
  type SmallDataProgress,
  smallData,
} from "./smallData/smallData.js";
export { smallDataCells, smallDataFiles, smallDataRemarks } from "./smallData/tables.js";
export { triplesOf } from "./smallData/triples.js";
export {
  type Cells,
  cells,
  compareFiles,
  headings,
  remarks,
  tableCsv,
  toMarkdown,
} from "./tables.js";
