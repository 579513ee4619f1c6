export { type Dataflow, dataflows, getDataflow, type Reuse } from "./dataflows.js";
export { type ByLevel, type Energy, energyOf, type Level, levels } from "./energy.js";
export { eyeriss, type Machine, machineSchema, machines, type PeArray } from "./machine.js";
export {
  type ArrayCost,
  type CostOptions,
  type CostTotals,
  costOf,
  type FlowTotals,
  type LayerCost,
  type ModelCost,
} from "./modelCost.js";
export { openMachine } from "./openMachine.js";
export { type Roofline, rooflineOf } from "./roofline.js";
export { type Bits, type ByOperand, type Operand, operands, type Work, workOf } from "./work.js";
