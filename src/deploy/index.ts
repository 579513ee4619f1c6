export {
  type ExportFormat,
  type ExportOptions,
  type ExportReport,
  exportFormats,
  exportRun,
  onnxOf,
  zippedBundle,
} from "./export.js";
export { type IntegerWeights, integerWeights } from "./onnx/emission.js";
export { onnxFile } from "./onnx/model.js";
export { type OnnxGraph, type OnnxGraphOptions, onnxGraph } from "./onnx/onnxGraph.js";
export type { Parity } from "./parity.js";
