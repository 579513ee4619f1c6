// Safetensors: named tensors behind a JSON header, checked strictly
// (https://huggingface.co/docs/safetensors, and the rules of its reference implementation).

import { duplicateKey } from "../text/duplicateKey.js";
import { bytesOf } from "./dtype.js";
import { FormatError } from "./formatError.js";
import { bytesOfTensor, distinct, type HostTensor } from "./host.js";
import { formatShape, type Shape, sizeOf } from "./shape.js";
import { decode, type StoredType, storedTypes } from "./stored.js";

/** What a file holds. */
export interface Safetensors {
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The reference implementation's limit on the header. */
const MOST_HEADER = 100_000_000;
const LENGTH_BYTES = 8;

const typeNames: Readonly<Record<string, StoredType>> = {
  BOOL: "bool",
  U8: "u8",
  I8: "i8",
  U16: "u16",
  I16: "i16",
  U32: "u32",
  I32: "i32",
  U64: "u64",
  I64: "i64",
  F16: "f16",
  BF16: "bf16",
  F32: "f32",
  F64: "f64",
};

interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: Shape;
  /** Bytes `[begin, end)` behind the header. */
  readonly begin: number;
  readonly end: number;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const areSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** The header as an object, and where the tensors' bytes begin. */
function readHeader(bytes: Uint8Array, source: string) {
  if (bytes.length < LENGTH_BYTES) {
    throw new FormatError(source, 0, `a file of ${bytes.length} bytes, expected at least 8`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MOST_HEADER || LENGTH_BYTES + length > bytes.length) {
    throw new FormatError(
      source,
      0,
      `declares a header of ${length} bytes, found ${bytes.length - LENGTH_BYTES} behind it: ` +
        "not a safetensors file, or a truncated one",
    );
  }
  const start = LENGTH_BYTES + length;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const text = decoder.decode(bytes.subarray(LENGTH_BYTES, start));
    const header: unknown = JSON.parse(text);
    if (!isObject(header) || !text.startsWith("{")) throw new Error("not an object");
    const twin = duplicateKey(text);
    if (twin !== undefined) throw new Error(`two members are called "${twin}"`);
    return { header, start };
  } catch (error) {
    const { message } = error as Error;
    throw new FormatError(source, LENGTH_BYTES, `the header is not JSON: ${message}`);
  }
}

function parseEntry(name: string, value: unknown, source: string): Entry {
  const fail = (message: string): never => {
    throw new FormatError(source, LENGTH_BYTES, `tensor "${name}": ${message}`);
  };
  if (!isObject(value)) return fail(`expected an object, found ${JSON.stringify(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(typeNames, dtype)) {
    return fail(`type ${JSON.stringify(dtype)}; readable are ${Object.keys(typeNames).join(", ")}`);
  }
  if (!areSizes(shape)) return fail(`shape ${JSON.stringify(shape)} is not a list of sizes`);
  if (!areSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail(`data_offsets ${JSON.stringify(offsets)} are not [begin, end]`);
  }
  const [begin, end] = offsets;
  const type = typeNames[dtype];
  const needed = sizeOf(shape) * storedTypes[type].bytes;
  if (end - begin !== needed) {
    return fail(
      `${dtype} ${formatShape(shape)} needs ${needed} bytes, data_offsets give it ${end - begin}`,
    );
  }
  return { name, type, shape, begin, end };
}

/** Checks that the tensors fill the file, one after the other, without overlap, hole or rest. */
function checkCover(entries: readonly Entry[], start: number, size: number, source: string): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    const fail = (message: string): never => {
      throw new FormatError(source, start + begin, `tensor "${name}" ${message}`);
    };
    if (begin < covered) fail(`begins at ${begin}, inside the tensor before it (to ${covered})`);
    if (begin > covered) fail(`begins at ${begin}, after a hole from ${covered}`);
    if (end > size) fail(`ends at ${end}, but only ${size} bytes follow the header: truncated?`);
    covered = end;
  }
  if (covered !== size) {
    throw new FormatError(source, start + covered, `${size - covered} bytes belong to no tensor`);
  }
}

function parseMetadata(value: unknown, source: string): Record<string, string> {
  const metadata = value ?? {};
  if (!isObject(metadata) || Object.values(metadata).some((text) => typeof text !== "string")) {
    throw new FormatError(source, LENGTH_BYTES, "__metadata__ is not an object of texts");
  }
  return metadata as Record<string, string>;
}

/**
 * Reads all tensors of a file. F32, I32, U8, I8 and BF16 stay what they are; other floats become f32, integers i32 and
 * booleans u8.
 *
 * @param source name for messages
 * @throws FormatError that names the tensor and the byte when anything does not fit.
 * @example
 * const bytes = writeSafetensors([["w", hostTensor("f32", [2, 2])]], { model: "mine" });
 * const { tensors, metadata } = readSafetensors(bytes);
 * tensors.get("w")?.shape; // [2, 2]
 * metadata.model; // "mine"
 */
export function readSafetensors(bytes: Uint8Array, source = "file"): Safetensors {
  const { header, start } = readHeader(bytes, source);
  const { __metadata__: metadata, ...rest } = header;
  const entries = Object.entries(rest)
    .map(([name, value]) => parseEntry(name, value, source))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, start, bytes.length - start, source);
  const tensors = new Map<string, HostTensor>();
  for (const { name, type, shape, begin, end } of entries) {
    const content = bytes.subarray(start + begin, start + end);
    const fail = (byte: number, message: string): never => {
      throw new FormatError(source, start + begin + byte, `tensor "${name}": ${message}`);
    };
    tensors.set(name, decode(content, type, shape, { littleEndian: true, fail }));
  }
  return { tensors, metadata: parseMetadata(metadata, source) };
}

const writtenTypes = { f32: "F32", i32: "I32", u8: "U8", i8: "I8", bf16: "BF16" } as const;

/**
 * Writes tensors, those of narrow types last so that all lie aligned; else in the given order. The same
 * tensors and metadata give the same bytes.
 *
 * @throws RangeError for two tensors of one name.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const all = distinct(tensors);
  const ordered = all.toSorted(([, a], [, b]) => bytesOf[b.dtype] - bytesOf[a.dtype]);
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let size = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    const offsets = [size, (size += data.byteLength)];
    header.push([name, { dtype: writtenTypes[dtype], shape, data_offsets: offsets }]);
  }
  const json = JSON.stringify(Object.fromEntries(header));
  const encoded = new TextEncoder().encode(json);
  const length = Math.ceil(encoded.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + length + size).fill(0x20, LENGTH_BYTES, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(encoded, LENGTH_BYTES);
  let at = LENGTH_BYTES + length;
  for (const [, tensor] of ordered) {
    file.set(bytesOfTensor(tensor), at);
    at += tensor.data.byteLength;
  }
  return file;
}
