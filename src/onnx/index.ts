export { buildOnnx, expectShape, neededNodes, type Parameters, type Target } from "./build.js";
export { type OnnxFile, OPSETS, type Port, readOnnx } from "./file.js";
export { type ImportedGraph, importGraph } from "./graph.js";
export type { Operand } from "./operand.js";
export { builders } from "./ops/index.js";
