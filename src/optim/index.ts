export { openOptimizer } from "./descend.js";
export { fuseUpdate, isLocal } from "./fuseUpdate.js";
export type { Norms } from "./norms.js";
export type { Evaluated, Moment, Objective, RuleBindings } from "./objective.js";
export type {
  BatchAt,
  Descent,
  Descents,
  FirstOrder,
  Hyper,
  NetContext,
  Optimizer,
  OptimState,
  OwnSlice,
  Probe,
  ProbeInput,
  Procedure,
  RuleInput,
  RuleOutput,
  StepInput,
  StepReport,
} from "./optimizer.js";
export { slicesOf } from "./partition.js";
export { baseOf, getOptimizer, getRule, gradientsOf, isSelfPaced, optimizers } from "./registry.js";
export { getSchedule, type Progress, type Schedule, schedules } from "./schedules/index.js";
export { type Slice, sliceOf, wholeOf } from "./slice.js";
export {
  bindRule,
  compileUpdate,
  decayMaskOf,
  hyperNames,
  initState,
  type StateVectors,
  type Update,
  updateGraph,
} from "./update.js";
export { type Wrapper, wrappers } from "./wrappers/index.js";
