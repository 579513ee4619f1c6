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
  batchFrom,
  proxies,
  ranked,
  type Untrained,
  voted,
  voters,
  type ZeroCostProxy,
} from "./proxies/index.js";
export { trainingImages } from "./trainingImages.js";
