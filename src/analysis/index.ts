export {
  defaultSigmas,
  type Flatness,
  type FlatnessOptions,
  type FlatnessPoint,
  flatness,
  perturbationGraph,
} from "./flatness.js";
export {
  flatnessChart,
  flatnessFiles,
  flatnessTable,
  type NamedFlatness,
} from "./flatnessReport.js";
export { type NoiseOptions, type NoiseScale, noiseScale } from "./noiseScale.js";
export {
  type RangeOptions,
  type RangePoint,
  type RangeTest,
  rangeChart,
  rangeFiles,
  rangeTable,
  rangeTest,
} from "./rangeTest.js";
export { trainingImages } from "./trainingImages.js";
