// Tensors made small without loss, as their numbers allow: few of them, zeros, multiples of a scale.

import { gridsOf, maskName } from "../../compress/index.js";
import { deflated } from "../../files/deflate.js";
import { nonZeros } from "../../graph/index.js";
import { bytesOfTensor, type HostTensor, hostTensor } from "../../tensor/host.js";
import { sameShape } from "../../tensor/shape.js";
import { codebookName, type PackedTensor, scaleName } from "./packed.js";
import { gapsOf } from "./places.js";

type Named = readonly [name: string, tensor: HostTensor];

/** Fewer bytes than that share of them are worth it: packed tensors are of no use to other programs. */
const WORTH = 0.9;
/** About what one more tensor, and what is kept of a packed one, take in a file's header. */
const HEADER = 80;

/** Numbers as a byte each, or four, and what they need beside. */
interface Symbols {
  readonly packed: Pick<PackedTensor, "as" | "low">;
  readonly each: Uint8Array;
  readonly beside: readonly Named[];
}

const MOST_CODES = 256;
/** A number of a table, and a scale, stand for so many numbers at least. */
const STAND_FOR = 8;

/** The numbers of a tensor, each once, in rising order; nothing where they are too many for a byte. */
function codesOf(numbers: Float32Array): Float32Array | undefined {
  const found = new Set<number>();
  for (const number of numbers) {
    found.add(number);
    if (found.size > MOST_CODES) return undefined;
  }
  return Float32Array.from(found).sort();
}

/** Whether all numbers can be told apart: a 0 below 0, and what is no number, stay as they are. */
const isPlain = (numbers: Float32Array): boolean =>
  numbers.every((number) => Number.isFinite(number) && !Object.is(number, -0));

/** Multiples of a scale as bytes. */
function gridSymbols(name: string, { data, shape }: HostTensor<"f32">): Symbols | undefined {
  const [rows = 1] = shape;
  const grids = gridsOf(data, rows * STAND_FOR > data.length ? 1 : rows, true);
  if (!grids) return undefined;
  const { scales, multiples } = grids;
  const low = multiples.reduce((least, k) => Math.min(least, k), 0);
  return {
    packed: { as: "grid", ...(low < 0 && { low }) },
    each: Uint8Array.from(multiples, (k) => k - low),
    beside: [[scaleName(name), hostTensor("f32", [scales.length], scales)]],
  };
}

/** Places in a table as bytes. */
function codebookSymbols(name: string, { data }: HostTensor<"f32">): Symbols | undefined {
  const codes = codesOf(data);
  if (!codes || codes.length * STAND_FOR > nonZeros(data)) return undefined;
  const places = new Map([...codes].map((code, at) => [code, at]));
  return {
    packed: { as: "codebook" },
    each: Uint8Array.from(data, (number) => places.get(number)!),
    beside: [[codebookName(name), hostTensor("f32", [codes.length], codes)]],
  };
}

/** A tensor's numbers as bytes, as few of them as there can be. */
function symbolsOf(name: string, tensor: HostTensor): Symbols | undefined {
  const { dtype } = tensor;
  const each = bytesOfTensor(tensor);
  if (dtype === "i8" || dtype === "u8") return { packed: { as: dtype }, each, beside: [] };
  if (dtype !== "f32") return undefined;
  const floats = tensor as HostTensor<"f32">;
  const few = isPlain(floats.data) && (gridSymbols(name, floats) ?? codebookSymbols(name, floats));
  return few || { packed: { as: "f32" }, each, beside: [] };
}

/** Bytes of some numbers: those of f32 one behind the other by their weight, so that like bytes lie together. */
function chosen({ packed, each }: Symbols, places: readonly number[]): Uint8Array {
  if (packed.as !== "f32") return Uint8Array.from(places, (place) => each[place]);
  const bytes = new Uint8Array(4 * places.length);
  for (const [at, place] of places.entries()) {
    for (let byte = 0; byte < 4; byte++) bytes[byte * places.length + at] = each[4 * place + byte];
  }
  return bytes;
}

/** A mask of a tensor, of its shape. */
interface Mask {
  readonly name: string;
  readonly tensor: HostTensor;
}

/** Where numbers lie, and how that is told. */
interface Lying {
  readonly places: readonly number[];
  readonly told: Pick<PackedTensor, "gaps" | "where">;
  readonly gaps: Uint8Array;
}

const placesIn = ({ data }: HostTensor): number[] => {
  const places: number[] = [];
  for (const [at, number] of (data as Float32Array).entries())
    if (!Object.is(number, 0)) places.push(at);
  return places;
};

/** Among so many zeros gaps are shorter, among so few a byte for each of them is. */
const [MANY_ZEROS, FEW_ZEROS] = [0.5, 0.05];

/** The ways to tell where a tensor's numbers lie: everywhere, by gaps, or as its mask has it. */
function lyings(tensor: HostTensor, mask?: Mask): Lying[] {
  const none = new Uint8Array();
  const there = placesIn(tensor);
  if (mask && there.every((place) => mask.tensor.data[place] !== 0)) {
    return [{ places: placesIn(mask.tensor), told: { where: mask.name }, gaps: none }];
  }
  const zeros = 1 - there.length / tensor.data.length;
  const all = () => ({ places: Array.from(tensor.data.keys()), told: {}, gaps: none });
  if (zeros <= FEW_ZEROS) return [all()];
  const stream = deflated(gapsOf(there));
  const own = { places: there, told: { gaps: stream.length }, gaps: stream };
  return zeros >= MANY_ZEROS ? [own] : [own, all()];
}

/** A packed tensor as it is written. */
interface Written {
  readonly tensors: readonly Named[];
  readonly packed: PackedTensor;
  readonly bytes: number;
}

/** The ways to write a tensor; none of numbers of f32 that have nothing to gain. */
function ways(name: string, tensor: HostTensor, mask?: Mask): Written[] {
  const symbols = symbolsOf(name, tensor);
  if (!symbols) return [];
  const found = lyings(tensor, mask).filter(
    ({ places }) => symbols.packed.as !== "f32" || places.length < tensor.data.length,
  );
  return found.map(({ places, told, gaps }) => {
    const numbers = deflated(chosen(symbols, places));
    const stream = new Uint8Array(gaps.length + numbers.length);
    stream.set(gaps);
    stream.set(numbers, gaps.length);
    const own: Named = [name, hostTensor("u8", [stream.length], stream)];
    const tensors = [own, ...symbols.beside];
    const size = tensors.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
    return {
      tensors,
      packed: { shape: [...tensor.shape], ...symbols.packed, ...told },
      bytes: size + HEADER * tensors.length,
    };
  });
}

/** Tensors as a file holds them, and how those that are packed are read. */
export interface Packing {
  readonly tensors: readonly Named[];
  readonly packed: Readonly<Record<string, PackedTensor>>;
}

/** Packs each tensor that becomes clearly smaller by it. */
export function pack(tensors: readonly Named[]): Packing {
  const all = new Map(tensors);
  const packed: Record<string, PackedTensor> = {};
  const written = tensors.flatMap(([name, tensor]): readonly Named[] => {
    const other = all.get(maskName(name));
    const mask =
      other && sameShape(other.shape, tensor.shape)
        ? { name: maskName(name), tensor: other }
        : undefined;
    const [least] = ways(name, tensor, mask).toSorted((a, b) => a.bytes - b.bytes);
    if (!least || least.bytes > WORTH * tensor.data.byteLength) return [[name, tensor]];
    packed[name] = least.packed;
    return least.tensors;
  });
  return { tensors: written, packed };
}
