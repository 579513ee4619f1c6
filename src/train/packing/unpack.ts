// Packed tensors as they were.

import { z } from "zod";
import { inflated } from "../../files/deflate.js";
import { checkPlain } from "../../settings.js";
import { unpackedLimit } from "../../tensor/byteSource.js";
import { FormatError } from "../../tensor/formatError.js";
import { type HostTensor, hostTensor } from "../../tensor/host.js";
import { formatShape, sizeOf } from "../../tensor/shape.js";
import { formatBytes } from "../../text/bytes.js";
import { codebookName, type PackedTensor, packedTensors, scaleName } from "./packed.js";
import { mostGaps, placesOf } from "./places.js";

type Tensors = ReadonlyMap<string, HostTensor>;

/** Where the header begins, which tells of packed tensors. */
const HEADER = 8;

function parse(text: string, source: string): [string, PackedTensor][] {
  let packed: unknown;
  try {
    packed = JSON.parse(text);
  } catch {
    throw new FormatError(source, HEADER, `metadata "packed" is no JSON: ${text.slice(0, 60)}`);
  }
  return Object.entries(checkPlain(z.object({ packed: packedTensors }), { packed }, source).packed);
}

/** The types that readers give numbers of each form in. */
const dtypeOf = { grid: "f32", codebook: "f32", f32: "f32", i8: "i32", u8: "u8" } as const;

/** Unpacks tensors of one file. */
class Unpacker {
  /** Tensors that are only there for packed ones. */
  readonly used = new Set<string>();

  constructor(
    private readonly tensors: Tensors,
    private readonly source: string,
  ) {}

  /** @param done those that are unpacked already */
  one(name: string, packed: PackedTensor, done: Tensors): HostTensor {
    const { shape } = packed;
    const size = sizeOf(shape);
    const stream = this.streamOf(name);
    const places = this.placesOf(name, stream, packed, done);
    const count = places?.length ?? size;
    const length = packed.as === "f32" ? 4 * count : count;
    const bytes = inflated(stream.subarray(packed.gaps ?? 0), length);
    if (bytes?.length !== length) {
      return this.fail(name, `expected a stream of ${count} numbers`);
    }
    const numberAt = this.numbersOf(name, packed, bytes, count);
    const tensor = hostTensor(dtypeOf[packed.as], shape);
    for (let at = 0; at < count; at++) {
      const place = places ? places[at] : at;
      tensor.data[place] = numberAt(at, place);
    }
    return tensor;
  }

  private fail(name: string, message: string): never {
    throw new FormatError(this.source, HEADER, `packed tensor "${name}": ${message}`);
  }

  private streamOf(name: string): Uint8Array {
    const stream = this.tensors.get(name);
    if (stream?.dtype === "u8" && stream.shape.length === 1) return stream.data as Uint8Array;
    return this.fail(name, "expected bytes (U8) of that name");
  }

  /** Where its numbers lie; nothing where they lie everywhere. */
  private placesOf(
    name: string,
    stream: Uint8Array,
    { shape, gaps, where }: PackedTensor,
    done: Tensors,
  ): readonly number[] | undefined {
    const size = sizeOf(shape);
    if (where !== undefined) {
      const data = done.get(where)?.data;
      if (data?.length !== size)
        return this.fail(name, `"${where}" is no tensor of ${formatShape(shape)}`);
      return Array.from(data.keys()).filter((at) => data[at] !== 0);
    }
    if (gaps === undefined) return undefined;
    const bytes = inflated(stream.subarray(0, gaps), mostGaps(size));
    const places = bytes && placesOf(bytes, size);
    return places ?? this.fail(name, `expected a stream of gaps within ${formatShape(shape)}`);
  }

  /** A table of f32 beside it. */
  private beside(name: string, tensor: string): Float32Array {
    const found = this.tensors.get(tensor);
    this.used.add(tensor);
    if (found?.dtype !== "f32" || found.shape.length !== 1) {
      return this.fail(name, `expected "${tensor}" as a row of F32`);
    }
    const numbers = found.data as Float32Array;
    const wrong = numbers.find((number) => !Number.isFinite(number));
    if (wrong === undefined) return numbers;
    return this.fail(name, `"${tensor}" holds ${wrong}; expected finite numbers`);
  }

  /** What each number is, by its place in the stream and in the tensor. */
  private numbersOf(
    name: string,
    { as, low = 0, shape }: PackedTensor,
    bytes: Uint8Array,
    count: number,
  ): (at: number, place: number) => number {
    if (as === "u8") return (at) => bytes[at];
    if (as === "i8") return (at) => (bytes[at] << 24) >> 24;
    if (as === "codebook") {
      const codes = this.beside(name, codebookName(name));
      if (bytes.some((code) => code >= codes.length)) {
        return this.fail(name, `has codes behind the ${codes.length} of "${codebookName(name)}"`);
      }
      return (at) => codes[bytes[at]];
    }
    if (as === "grid") {
      const scales = this.beside(name, scaleName(name));
      if (scales.length !== 1 && scales.length !== shape[0]) {
        return this.fail(name, `${scales.length} scales; expected one, or one for each output`);
      }
      const each = sizeOf(shape) / scales.length;
      return (at, place) => (bytes[at] + low) * scales[Math.floor(place / each)];
    }
    const word = new DataView(new ArrayBuffer(4));
    return (at) => {
      for (let byte = 0; byte < 4; byte++) word.setUint8(byte, bytes[byte * count + at]);
      return word.getFloat32(0, true);
    };
  }
}

/**
 * The tensors of a file with those that are packed as they were: bytes below 0 as i32, as readers have them.
 *
 * @param text what is kept of them, as JSON
 * @param file bytes of the file, by which the memory that they may take is bounded
 * @throws FormatError naming the first tensor that does not fit
 */
export function unpack(tensors: Tensors, text: string, source: string, file: number): Tensors {
  const packed = parse(text, source);
  const size = packed.reduce((sum, [, { shape }]) => sum + 4 * sizeOf(shape), 0);
  if (!(size <= unpackedLimit(file))) {
    throw new FormatError(
      source,
      HEADER,
      `packed tensors of ${formatBytes(size)} in a file of ${formatBytes(file)}; at most ${formatBytes(unpackedLimit(file))} are unpacked`,
    );
  }
  const unpacker = new Unpacker(tensors, source);
  const known = new Map(tensors);
  for (const [name] of packed) known.delete(name);
  // Masks come before what lies where they do.
  const ordered = packed.toSorted(
    ([, a], [, b]) => Number(a.where !== undefined) - Number(b.where !== undefined),
  );
  for (const [name, one] of ordered) known.set(name, unpacker.one(name, one, known));
  return new Map([...known].filter(([name]) => !unpacker.used.has(name)));
}
