export { type Allocation, allocate, type BitChoice, type BitLayer } from "./bits/allocate.js";
export { type DistilOptions, distilledImages, hasStatistics } from "./bits/distil.js";
export {
  type DrawnGradients,
  type GaussNewtonOptions,
  gaussNewtonTraces,
} from "./bits/gaussNewton.js";
export type { BlockTrace, Segment } from "./bits/means.js";
export {
  givenShares,
  type Mix,
  mixBits,
  mixedBits,
  mixedWithFloat,
  mixName,
  type Quantising,
} from "./bits/mixture.js";
export {
  type BitBudget,
  type BitGroup,
  type BitPlan,
  type BitsOf,
  bitPlan,
  bitsByLayer,
  costOfBits,
  fitsBudget,
  quantisationOfBits,
} from "./bits/plan.js";
export {
  budgetPenalty,
  fractionalBits,
  likelyBits,
  meanBits,
  type RelaxedMix,
  shareOfBudget,
} from "./bits/relaxed.js";
export { loweredBits, roundedBits } from "./bits/round.js";
export {
  bitLayers,
  type LayerCurvature,
  type Sensitivities,
  squaredDistance,
} from "./bits/sensitivity.js";
export { type GradientAt, hessianTraces, type TraceOptions } from "./bits/traces.js";
export {
  type BitCost,
  type BitWork,
  bitCosts,
  bitOperations,
  bitWork,
  costOf,
} from "./bits/work.js";
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
  scoreMasks,
  scoreName,
  shrink,
  withoutChannels,
} from "./channels/index.js";
export { type LayerType, layerTypes } from "./floatLayers.js";
export {
  expectedShare,
  fixedGate,
  type GateGroup,
  type Gates,
  gateChannels,
  gatesOf,
  withoutDead,
  withoutGates,
} from "./gates/index.js";
export { gridsOf, onGrids } from "./grids.js";
export { type IntegerOptions, integers } from "./integers.js";
export { type LowRankOptions, lowRank, type Ranks } from "./lowRank/index.js";
export { quantisableLayers } from "./places.js";
export {
  type ChannelScore,
  chooseChannels,
  filters,
  getPruner,
  greedyChannels,
  type LossWithout,
  type Magnitudes,
  type Pruned,
  type Pruner,
  pruners,
  sharesOf,
  slimming,
} from "./pruning/index.js";
export {
  parseQuantise,
  type Quantisation,
  type QuantiseRequest,
  quantisationOf,
} from "./quantisation.js";
export { bitsOfWeights, quantise } from "./quantise.js";
export {
  affine,
  apot,
  dorefaImages,
  dorefaWeights,
  type Grid,
  lsq,
  type OwnNumber,
  onGrid,
  onLevels,
  pact,
  perChannel,
  powerOfTwo,
  type Quantiser,
  quantisers,
  type Site,
  stochastic,
  sumsOfPowers,
  symmetric,
  type Width,
} from "./quantisers/index.js";
export {
  type Batches,
  type CalibrateOptions,
  calibrate,
  type Range,
  type RangeRule,
  type Ranges,
  rangeRules,
} from "./ranges.js";
export { settled } from "./settle.js";
export {
  kMeans,
  nearestOf,
  type SharedWeights,
  sharedWeights,
  shareWeights,
} from "./sharing/index.js";
export { type FirstBatch, startQuantisers } from "./startQuantisers.js";
