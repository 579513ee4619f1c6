export { expectedShare } from "./expected.js";
export { gateChannels } from "./gateChannels.js";
export { fixedGate } from "./hardConcrete.js";
export { type GateGroup, type Gates, gatesOf } from "./places.js";
export { withoutDead, withoutGates } from "./withoutGates.js";
