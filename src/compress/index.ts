export {
  type Channel,
  type ChannelGroup,
  channelGroups,
  deadChannels,
  type Member,
  maskChannels,
  maskName,
  maskWeights,
  type Removed,
  type RemoveOptions,
  removeChannels,
  shrink,
  withoutChannels,
} from "./channels/index.js";
export { type LayerType, layerTypes } from "./floatLayers.js";
export { type IntegerOptions, integers } from "./integers.js";
export { type LowRankOptions, lowRank, type Ranks } from "./lowRank/index.js";
export {
  type ChannelScore,
  chooseChannels,
  filters,
  getPruner,
  type Magnitudes,
  type Pruned,
  type Pruner,
  pruners,
  sharesOf,
  slimming,
} from "./pruning/index.js";
export {
  type Batches,
  type CalibrateOptions,
  calibrate,
  type Range,
  type RangeRule,
  type Ranges,
  rangeRules,
} from "./ranges.js";
