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
  type Cells,
  cells,
  compareFiles,
  headings,
  remarks,
  tableCsv,
  toMarkdown,
} from "./tables.js";
