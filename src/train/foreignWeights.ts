// Weights files of other programs, read by a map of names.

import type { NameMap } from "../models/nameMaps/index.js";
import { FormatError } from "../tensor/formatError.js";
import { type HostTensor, hostTensor } from "../tensor/host.js";
import { formatShape } from "../tensor/shape.js";
import { classesIn } from "./recognise.js";
import type { Weights } from "./weights.js";

type Tensors = ReadonlyMap<string, HostTensor>;

/** What all models here add to the variances in batch normalisation. */
const BATCH_NORM_EPS = 1e-5;

/** A kernel [out, in, height, width] with its input channels in the opposite order. */
function turned({ dtype, shape, data }: HostTensor): HostTensor {
  const [out, channels, ...window] = shape;
  const size = window.reduce((product, side) => product * side, 1);
  const values = new Float32Array(data.length);
  for (let at = 0; at < out * channels; at++) {
    const from = at - (at % channels) + (channels - 1 - (at % channels));
    values.set(data.subarray(from * size, (from + 1) * size), at * size);
  }
  return hostTensor(dtype, shape, values);
}

/** Variances that give with the epsilon of the models here what they give with another one. */
function shifted(tensor: HostTensor, eps: number): HostTensor {
  if (tensor.dtype !== "f32" || eps === BATCH_NORM_EPS) return tensor;
  const values = Float32Array.from(tensor.data, (value) => value + eps - BATCH_NORM_EPS);
  return hostTensor("f32", tensor.shape, values);
}

/**
 * A file's tensors under the names of the model's parameters, for images with red first.
 *
 * @throws FormatError when what should be a kernel is none.
 */
export function translate(map: NameMap, tensors: Tensors, source: string): Weights {
  const there = Object.entries(map.tensors).filter(([, theirs]) => tensors.has(theirs));
  const entries = there.map(([own, theirs]) => {
    const tensor = tensors.get(theirs)!;
    if (own.endsWith(".variance")) {
      return [own, shifted(tensor, map.batchNormEps ?? BATCH_NORM_EPS)] as const;
    }
    if (own !== map.blueFirst) return [own, tensor] as const;
    if (tensor.dtype === "f32" && tensor.shape.length === 4) return [own, turned(tensor)] as const;
    throw new FormatError(
      source,
      0,
      `"${theirs}" is ${tensor.dtype} ${formatShape(tensor.shape)}; expected f32 [out, in, height, width]`,
    );
  });
  const { model, images } = map;
  const names = classesIn(map, tensors);
  return {
    info: { model, task: "classify", names, constants: {}, ...images, fit: "crop" },
    tensors: new Map(entries),
  };
}
