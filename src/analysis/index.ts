export { type Eigen, symmetricEigen } from "../tensor/symmetricEigen.js";
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
export { BUCKETS, Sketcher } from "./sketch.js";
export { type Track, trackChart } from "./trackChart.js";
export { type PrincipalPlane, principalPlane } from "./tracks.js";
export { trainingPictures } from "./trainingPictures.js";
