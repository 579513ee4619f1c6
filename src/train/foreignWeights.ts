// Weights files of other programs, read by a map of names.

import type { NameMap } from "../models/nameMaps/index.js";
import { FormatError } from "../tensor/formatError.js";
import { type HostTensor, hostTensor } from "../tensor/host.js";
import { formatShape } from "../tensor/shape.js";
import type { Weights } from "./weights.js";

type Tensors = ReadonlyMap<string, HostTensor>;

/** The map whose tensors are those of a file, neither more nor fewer. */
export const mapFor = (tensors: Tensors, maps: readonly NameMap[]): NameMap | undefined =>
  maps.find((map) => {
    const names = Object.values(map.tensors);
    return names.length === tensors.size && names.every((name) => tensors.has(name));
  });

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

/**
 * A file's tensors under the names of the model's parameters, for images with red first.
 *
 * @throws FormatError when what should be a kernel is none.
 */
export function translate(map: NameMap, tensors: Tensors, source: string): Weights {
  const entries = Object.entries(map.tensors).map(([own, theirs]) => {
    const tensor = tensors.get(theirs)!;
    if (own !== map.blueFirst) return [own, tensor] as const;
    if (tensor.dtype === "f32" && tensor.shape.length === 4) return [own, turned(tensor)] as const;
    throw new FormatError(
      source,
      0,
      `"${theirs}" is ${tensor.dtype} ${formatShape(tensor.shape)}; expected f32 [out, in, height, width]`,
    );
  });
  const { model, classes: names, images } = map;
  return {
    info: { model, task: "classify", names, constants: {}, ...images, fit: "crop" },
    tensors: new Map(entries),
  };
}
