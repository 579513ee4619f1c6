export type { Hyper, Optimizer, OptimState, RuleInput, RuleOutput } from "./optimizer.js";
export { getOptimizer, optimizers } from "./registry.js";
export { getSchedule, type Progress, type Schedule, schedules } from "./schedules/index.js";
export {
  compileUpdate,
  decayMaskOf,
  hyperNames,
  type Update,
  updateGraph,
} from "./update.js";
