// Weights of a TensorFlow Lite file as tensors by name. Names in such files are those of TensorFlow's own rewriting and
// say little; convolutions are named by their order instead: `conv0`, `conv1`, ... and `fc`, the last one.

import { FormatError } from "../tensor/formatError.js";
import { type HostTensor, hostTensor } from "../tensor/host.js";
import type { Shape } from "../tensor/shape.js";
import {
  CONV_2D,
  DEPTHWISE_CONV_2D,
  numbersOf,
  readTflite,
  type TfliteTensor,
} from "../tensor/tflite.js";

/** A kernel's numbers brought to [out, in, height, width]; `source` is the place of each of these axes in the file. */
function kernel(values: Float32Array, shape: Shape, source: readonly number[]): HostTensor<"f32"> {
  const steps = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((step, side) => step * side, 1),
  );
  const [sides, strides] = [source.map((axis) => shape[axis]), source.map((axis) => steps[axis])];
  const out = new Float32Array(values.length);
  let at = 0;
  for (let o = 0; o < sides[0]; o++)
    for (let i = 0; i < sides[1]; i++)
      for (let y = 0; y < sides[2]; y++)
        for (let x = 0; x < sides[3]; x++)
          out[at++] = values[o * strides[0] + i * strides[1] + y * strides[2] + x * strides[3]];
  return hostTensor("f32", sides, out);
}

/** Where [out, in, height, width] are in the kernels of each operator: [out, h, w, in] and [1, h, w, channels]. */
const axes: Readonly<Record<number, readonly number[]>> = {
  [CONV_2D]: [0, 3, 1, 2],
  [DEPTHWISE_CONV_2D]: [3, 0, 1, 2],
};

/** A batch normalisation that adds `bias` and nothing else, as PyTorch has it, with an epsilon of 0. */
function shiftAlone(name: string, bias: HostTensor<"f32">): [string, HostTensor<"f32">][] {
  const all = (value: number) =>
    hostTensor(
      "f32",
      bias.shape,
      bias.data.map(() => value),
    );
  return [
    [`${name}.weight`, all(1)],
    [`${name}.bias`, bias],
    [`${name}.running_mean`, all(0)],
    [`${name}.running_var`, all(1)],
  ];
}

/**
 * The convolutions of a file in order, dequantised: kernels [out, in, h, w], and a batch normalisation `conv<k>.bn` in
 * place of each bias, since normalisations are folded into such files; the last one, `fc`, keeps its bias.
 *
 * @throws FormatError for a damaged file, and one with weights that are no convolutions'.
 */
export function tfliteTensors(bytes: Uint8Array, source: string): Map<string, HostTensor> {
  const { tensors, operators } = readTflite(bytes, source);
  // A forged file could use the same bytes a million times.
  let left = bytes.length;
  const valuesOf = (tensor: TfliteTensor | undefined, rank: number, what: string) => {
    left -= tensor?.data.length ?? 0;
    if (!tensor || tensor.shape.length !== rank || tensor.data.length === 0 || left < 0) {
      throw new FormatError(source, 0, `${what}: the file has no weights of ${rank} axes for it`);
    }
    return { shape: tensor.shape, values: numbersOf(tensor, source) };
  };
  const convolutions = operators.filter(({ code }) => code in axes);
  const named = convolutions.flatMap(({ code, inputs }, at): [string, HostTensor][] => {
    const name = at === convolutions.length - 1 ? "fc" : `conv${at}`;
    const { shape, values } = valuesOf(tensors[inputs[1]], 4, name);
    const bias = valuesOf(tensors[inputs[2]], 1, `${name}, bias`);
    const added = hostTensor("f32", bias.shape, bias.values);
    const shift: [string, HostTensor][] =
      name === "fc" ? [["fc.bias", added]] : shiftAlone(`${name}.bn`, added);
    return [[`${name}.weight`, kernel(values, shape, axes[code])], ...shift];
  });
  return new Map(named);
}
