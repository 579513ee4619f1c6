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
  type Exchange,
  type ExchangeDriver,
  type ExchangeSetup,
  type Messages,
  type Published,
} from "./exchange/exchange.js";
export { local } from "./exchange/local.js";
export {
  decodeSnapshot,
  decodeVector,
  type ExpectedVector,
  encodeSnapshot,
  encodeVector,
} from "./exchange/wire.js";
export { openSwarm, type SwarmSpec } from "./openSwarm.js";
export { parseRates, type RatePolicy, rateOf, wild } from "./rates.js";
