export type { Machines } from "./machines.js";
export { type Network, type Simulated, type SimulatedRounds, simulate } from "./simulate.js";
export { type Traffic, trafficOf } from "./traffic.js";
