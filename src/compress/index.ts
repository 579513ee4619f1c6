export { type LayerType, layerTypes } from "./floatLayers.js";
export { type IntegerOptions, integers } from "./integers.js";
export {
  type Batches,
  type CalibrateOptions,
  calibrate,
  type Range,
  type RangeRule,
  type Ranges,
  rangeRules,
} from "./ranges.js";
