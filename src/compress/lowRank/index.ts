export { factorise, rankFor, spectrumOf } from "./factors.js";
export {
  factorNames,
  type LowRankOptions,
  layersOf,
  lowRank,
  matrixOf,
  type Ranks,
  withFactors,
} from "./lowRank.js";
