export { Combiner, type WeightedVector } from "../engine/combine.js";
export * from "./codecs/index.js";
export * from "./coupling.js";
export * from "./couplings/index.js";
export {
  absent,
  type Exchange,
  type ExchangeDriver,
  type ExchangeSetup,
  type Messages,
  type Published,
} from "./exchange/exchange.js";
export { local } from "./exchange/local.js";
export { openSwarm, type SwarmSpec } from "./openSwarm.js";
export { parseRates, type RatePolicy, rateOf, wild } from "./rates.js";
