export { Combiner, type WeightedVector } from "../engine/combine.js";
export * from "./codecs/index.js";
export * from "./coupling.js";
export * from "./couplings/index.js";
export {
  type Card,
  decodeCard,
  encodeCard,
  expectSameSwarm,
  firstDifference,
  layoutHash,
  tensorsOf,
} from "./exchange/card.js";
export {
  absent,
  type DriverOptions,
  type Exchange,
  type ExchangeDriver,
  type ExchangeSetup,
  type Messages,
  type Published,
  StoppedWaiting,
} from "./exchange/exchange.js";
export { folder } from "./exchange/folder.js";
export { openSite } from "./exchange/index.js";
export { local } from "./exchange/local.js";
export type { ClosedRound, Site } from "./exchange/site.js";
export {
  decodeSnapshot,
  decodeVector,
  type ExpectedVector,
  encodeSnapshot,
  encodeVector,
} from "./exchange/wire.js";
export { openSwarm, type SwarmSpec } from "./openSwarm.js";
export { parseRates, type RatePolicy, rateOf, wild } from "./rates.js";
export * from "./simulate/index.js";
