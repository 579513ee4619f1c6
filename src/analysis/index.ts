export { type Track, trackChart } from "../charts/trackChart.js";
export { BUCKETS, Sketcher } from "../swarm/sketch.js";
export { type PrincipalPlane, principalPlane } from "../tensor/principalPlane.js";
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
export { trainingImages } from "./trainingImages.js";
