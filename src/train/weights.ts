// Weights of a net as a file: tensors by the names of its parameters, and in the metadata all that is
// needed to use them.

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { faultOf, type PassRecord, passRecords } from "../compress/passes/index.js";
import { type Fit, fits, type Intake, type Segmenter, segmenters } from "../data/index.js";
import { readWhole } from "../files/read.js";
import type { Param, ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { type NameMap, nameMaps } from "../models/nameMaps/index.js";
import { checkPlain } from "../settings.js";
import type { Constants } from "../tasks/index.js";
import { FormatError } from "../tensor/formatError.js";
import { type HostTensor, hostTensor } from "../tensor/host.js";
import { formatShape, sizeOf } from "../tensor/shape.js";
import { isTflite } from "../tensor/tflite.js";
import { translate } from "./foreignWeights.js";
import { isOnnx, onnxWeights } from "./onnxWeights.js";
import { pack, unpack } from "./packing/index.js";
import { findMap, sameButOnes, unknownArchitecture, usedTensors } from "./recognise.js";
import { readSealed, writeSealed } from "./sealed.js";
import { tfliteTensors } from "./tfliteWeights.js";

/** What weights belong to. */
export interface NetInfo extends Intake {
  /** Name of the model. */
  readonly model: string;
  /** Name of the task. */
  readonly task: string;
  /** Names of the outputs: classes, tags or values. */
  readonly names: readonly string[];
  /** What the task's decoder needs. */
  readonly constants: Constants;
  /** Nets of an ensemble, side by side in the weights; default it is one net. */
  readonly members?: number;
  /** What the model's nets are changed by before they read the weights, in order; default nothing. */
  readonly passes?: readonly PassRecord[];
}

type Tensors = ReadonlyMap<string, HostTensor>;

/** Numbers as a file holds them. */
function asStored({ shape, stored }: Param, numbers: Float32Array): HostTensor {
  if (stored === "i8") return hostTensor("i8", shape, Int8Array.from(numbers));
  if (stored === "u8") return hostTensor("u8", shape, Uint8Array.from(numbers));
  if (stored === "i32") return hostTensor("i32", shape, Int32Array.from(numbers));
  return hostTensor("f32", shape, numbers);
}

/** The parts of a vector of all parameters by name, as files hold them; those of f32 are not copied. */
export function tensorsOf(layout: ParamLayout, values: Float32Array): [string, HostTensor][] {
  return layout.params.map((param) => {
    const { name, shape, offset } = param;
    return [name, asStored(param, values.subarray(offset, offset + sizeOf(shape)))];
  });
}

/**
 * The tensor of a parameter; axes of length 1 do not count. Throws a {@link FormatError} when it is missing or of another
 * shape.
 */
export function tensorFor(
  { name, shape, stored }: Param,
  tensors: Tensors,
  source: string,
): HostTensor<"f32"> {
  const tensor = tensors.get(name);
  // Readers give whole numbers of 8 bits that may be below 0 as those of 32.
  const dtype = stored === undefined ? "f32" : stored === "u8" ? "u8" : "i32";
  const expected = `the model has "${name}" of ${formatShape(shape)}`;
  if (!tensor) throw new FormatError(source, 0, `${expected}, the file has no such tensor`);
  if (tensor.dtype === dtype && sameButOnes(tensor.shape, shape)) {
    return hostTensor(
      "f32",
      shape,
      stored ? Float32Array.from(tensor.data) : (tensor.data as Float32Array),
    );
  }
  const found = `${tensor.dtype} ${formatShape(tensor.shape)}`;
  throw new FormatError(source, 0, `${expected}, the file has it as ${found}`);
}

/** Throws a {@link FormatError} naming the first tensor that is no parameter of the model. */
export function expectNoOthers({ params }: ParamLayout, tensors: Tensors, source: string): void {
  const names = new Set(params.map(({ name }) => name));
  const extra = [...tensors.keys()].find((name) => !names.has(name));
  if (extra === undefined) return;
  throw new FormatError(source, 0, `the file has a tensor "${extra}", the model has none`);
}

/**
 * The vector of all parameters from tensors by name.
 *
 * @throws FormatError naming the first parameter that is missing, left over or of another shape.
 */
export function vectorOf(layout: ParamLayout, tensors: Tensors, source: string): Float32Array {
  const values = new Float32Array(layout.length);
  for (const param of layout.params) {
    values.set(tensorFor(param, tensors, source).data, param.offset);
  }
  expectNoOthers(layout, tensors, source);
  return values;
}

/**
 * A weights file; the same weights and net give the same bytes. Of a net with passes, tensors that become clearly smaller by it are
 * packed, without loss.
 */
export function encodeWeights(
  layout: ParamLayout,
  values: Float32Array,
  { model, task, names, constants, input, mean, std, fit, segmenter, members, passes }: NetInfo,
): Uint8Array {
  const optional = { ...(members !== undefined && { members }), ...(passes && { passes }) };
  const lists: [string, unknown][] = Object.entries({
    names,
    constants,
    input,
    mean,
    std,
    ...optional,
  });
  const plain = tensorsOf(layout, values);
  const { tensors, packed } = passes ? pack(plain) : { tensors: plain, packed: {} };
  if (Object.keys(packed).length > 0) lists.push(["packed", packed]);
  const metadata = Object.fromEntries(lists.map(([name, list]) => [name, JSON.stringify(list)]));
  return writeSealed(tensors, { model, task, fit, ...(segmenter && { segmenter }), ...metadata });
}

/** A weights file as read. */
export interface Weights {
  readonly info: NetInfo;
  readonly tensors: Tensors;
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isText = (value: unknown): value is string => typeof value === "string";

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === "number");

function parseConstants(text: string, source: string): Constants {
  const fail = () =>
    new FormatError(
      source,
      8,
      `metadata "constants" is ${text}; expected lists of numbers by name`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail();
  }
  const isTable = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isTable && Object.values(value as object).every(isNumbers)) return value as Constants;
  throw fail();
}

function parsePasses(text: string, source: string): readonly PassRecord[] {
  let passes: unknown;
  try {
    passes = JSON.parse(text);
  } catch {
    throw new FormatError(source, 8, `metadata "passes" is no JSON: ${text.slice(0, 60)}`);
  }
  return checkPlain(z.object({ passes: passRecords }), { passes }, source).passes;
}

function parseInfo(metadata: Readonly<Record<string, string>>, source: string): NetInfo {
  const list = <T>(name: string, isItem: (item: unknown) => item is T, length?: number): T[] => {
    let value: unknown;
    try {
      value = JSON.parse(metadata[name]);
    } catch {
      value = undefined;
    }
    const fits =
      Array.isArray(value) && value.every(isItem) && value.length === (length ?? value.length);
    if (fits) return value as T[];
    throw new FormatError(
      source,
      8,
      `metadata "${name}" is ${metadata[name] ?? "missing"}; weights saved by Convoy have it as a list`,
    );
  };
  if (!metadata.model) {
    throw new FormatError(source, 8, 'metadata "model" is missing: no weights saved by Convoy');
  }
  const { fit = "crop" } = metadata;
  if (!(fit in fits)) {
    throw new FormatError(
      source,
      8,
      `metadata "fit" is ${fit}; expected ${Object.keys(fits).join(", ")}`,
    );
  }
  const { members, segmenter } = metadata;
  if (segmenter !== undefined && !Object.hasOwn(segmenters, segmenter)) {
    throw new FormatError(
      source,
      8,
      `metadata "segmenter" is ${segmenter}; expected ${Object.keys(segmenters).join(", ")}`,
    );
  }
  if (members !== undefined && !/^[1-9]\d{0,3}$/.test(members)) {
    throw new FormatError(
      source,
      8,
      `metadata "members" is ${members}; expected the number of nets of an ensemble`,
    );
  }
  const input = list("input", isNumber, 3) as unknown as NetInfo["input"];
  return {
    model: metadata.model,
    task: metadata.task ?? "classify",
    names: list("names", isText),
    constants: metadata.constants === undefined ? {} : parseConstants(metadata.constants, source),
    input,
    mean: list("mean", isNumber, input[0]),
    std: list("std", isNumber, input[0]),
    fit: fit as Fit,
    ...(segmenter !== undefined && { segmenter: segmenter as Segmenter }),
    ...(members !== undefined && { members: Number(members) }),
    ...(metadata.passes !== undefined && { passes: parsePasses(metadata.passes, source) }),
  };
}

/** Files of PyTorch are ZIP archives or, of old, pickles. */
const isTorch = (bytes: Uint8Array): boolean =>
  [
    [0x50, 0x4b, 3, 4],
    [0x80, 2],
  ].some((magic) => magic.every((byte, at) => bytes[at] === byte));

/** The file that a path means: a run's folder stands for its best weights. */
function weightsFile(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const best = join(path, "weights", "best.safetensors");
  if (existsSync(best)) return best;
  throw new InputError(
    `${path} is a folder without weights/best.safetensors; name a weights file, or the folder of a run`,
  );
}

/** Tensors that belong to a net with these passes. */
function fitting(tensors: Weights["tensors"], info: NetInfo, file: string): Weights {
  const fault = faultOf(info.passes, tensors);
  if (fault === undefined) return { tensors, info };
  throw new InputError(`${file}: ${fault}`);
}

/**
 * Reads a weights file: Convoy's own, or one of another program whose tensors have the names and shapes of a map.
 * Counts of batches (`num_batches_tracked`) are left out.
 *
 * @param path of the file, or of the folder of a run, whose best weights are read
 * @param maps of other programs' files; default those that Convoy knows
 * @throws FormatError when it is damaged, or neither written by Convoy nor known by its names, with the nearest
 * architecture and the first tensors that differ; InputError when there is no such file.
 * @example
 * const { info, tensors } = await readWeights("runs/a/weights/best.safetensors");
 * info.model; // "lenet5"
 * tensors.get("conv1.weight")?.shape; // [6, 1, 5, 5]
 */
export async function readWeights(
  path: string,
  maps: readonly NameMap[] = nameMaps,
): Promise<Weights> {
  const file = weightsFile(path);
  const bytes = readWhole(file);
  if (isOnnx(file)) return onnxWeights(bytes, file, parseInfo);
  if (isTorch(bytes)) {
    throw new InputError(
      `${file} is a file of PyTorch; make one of safetensors of it, in Python: safetensors.torch.save_file(` +
        `torch.load("${file}", weights_only=True), "weights.safetensors")`,
    );
  }
  if (isTflite(bytes)) {
    const tensors = tfliteTensors(bytes, file);
    const map = findMap(tensors, maps);
    if (map) return translate(map, tensors, file);
    throw unknownArchitecture(tensors, maps, file);
  }
  const { tensors: stored, metadata, sealed } = readSealed(bytes, file);
  const { packed } = metadata;
  const tensors = packed === undefined ? stored : unpack(stored, packed, file, bytes.length);
  if (sealed) return fitting(tensors, parseInfo(metadata, file), file);
  const used = usedTensors(tensors);
  const map = findMap(used, maps);
  if (map) return translate(map, used, file);
  if (!metadata.model) {
    throw unknownArchitecture(used, maps, file, 'metadata "model" is missing, and ');
  }
  return fitting(tensors, parseInfo(metadata, file), file);
}
