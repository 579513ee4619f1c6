// The numbers of an ONNX file as weights to start from.

import { resolve } from "node:path";
import { InputError } from "../inputError.js";
import { createModel, type ImportedFamily, importedFamily } from "../models/index.js";
import { initialise, netOf } from "../nn/index.js";
import { hostTensor } from "../tensor/host.js";
import { sizeOf } from "../tensor/shape.js";
import type { TrainSettings } from "./config.js";
import type { NetInfo, Weights } from "./weights.js";

/** Whether a path is that of an ONNX file. */
export const isOnnx = (path: string): boolean => path.endsWith(".onnx");

/** What is known of a net whose file tells nothing: numbers for names, and images as they come. */
function untold({ name, published }: ImportedFamily): NetInfo {
  const { channels, height, width, outputs } = published;
  const names = Array.from({ length: outputs }, (_, at) => String(at));
  return {
    ...{ model: name, task: "classify", names, constants: {}, fit: "crop" },
    input: [channels, height, width],
    ...{ mean: new Array(channels).fill(0), std: new Array(channels).fill(1) },
  };
}

/**
 * The parameters of a file's net by their names, and what is known of it.
 *
 * @param parse what texts of a file of ours tell
 * @throws FormatError for damaged bytes; InputError for a net that cannot be built.
 */
export function onnxWeights(
  bytes: Uint8Array,
  source: string,
  parse: (metadata: Readonly<Record<string, string>>, source: string) => NetInfo,
): Weights {
  const family = importedFamily(bytes, source);
  const model = createModel(family.name, family.published, [family]);
  const net = netOf(model, 1, { training: false });
  const w = initialise(net, 0);
  const tensors = net.layout.params.map(({ name, shape, offset }) => {
    const data = w.subarray(offset, offset + sizeOf(shape));
    return [name, hostTensor("f32", shape, data)] as const;
  });
  const plain = untold(family);
  const { members: _, ...told } = family.told ? parse(family.told, source) : plain;
  const { model: name, input, mean, std } = plain;
  return { info: { ...told, model: name, input, mean, std }, tensors: new Map(tensors) };
}

/** The ONNX file that brings the model: that of the weights to start from, unless settings name another model. */
export function onnxModule({ pretrained, model, module }: Partial<TrainSettings>) {
  if (pretrained === undefined || !isOnnx(pretrained) || model !== undefined) return undefined;
  if (module === undefined) return { module: resolve(pretrained) };
  throw new InputError(
    `settings pretrained and module are ${pretrained} and ${module}: an ONNX file brings its model as a module does; leave module out`,
  );
}
