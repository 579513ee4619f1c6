export { openOptimizer } from "./descend.js";
export type { Evaluated, Moment, Objective } from "./objective.js";
export type {
  Descent,
  Descents,
  FirstOrder,
  Hyper,
  Method,
  NetContext,
  Optimizer,
  OptimState,
  RuleInput,
  RuleOutput,
  StepInput,
  StepReport,
} from "./optimizer.js";
export { getOptimizer, getRule, optimizers } from "./registry.js";
export { getSchedule, type Progress, type Schedule, schedules } from "./schedules/index.js";
export {
  compileUpdate,
  decayMaskOf,
  hyperNames,
  type StateVectors,
  type Update,
  updateGraph,
} from "./update.js";
