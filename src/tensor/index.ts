export { bfloat16Of, floatsOf, fromBfloat16, toBfloat16 } from "./bfloat16.js";
export { type ByteSource, inMemory } from "./byteSource.js";
export { type CompressOptions, compress, restore } from "./compression/container.js";
export { bytesOf, type DType, dtypes, type HostData, zeros } from "./dtype.js";
export { FormatError } from "./formatError.js";
export { type HostTensor, hostTensor, widened } from "./host.js";
export { readNpy, readNpyTexts, type TextArray, writeNpy } from "./npy.js";
export {
  type ArrayInfo,
  type Npz,
  type NpzOptions,
  openNpz,
  readNpz,
  writeNpz,
} from "./npz.js";
export { keyWords, type Purpose, philox, purposes, Random, type RandomKey } from "./philox.js";
export { rankCorrelation } from "./rankCorrelation.js";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.js";
export {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  normaliseAxes,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
} from "./shape.js";
export { type Eigen, symmetricEigen } from "./symmetricEigen.js";
