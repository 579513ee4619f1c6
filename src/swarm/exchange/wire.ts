// What exchanges send between processes: snapshots as JSON of bounded length, vectors as numbers with a checksum.
// Everything is checked before memory is taken for it: who sends may be damaged, of another version, or hostile.
//
// A vector is, little-endian: "CVV1"; the first 16 bytes of the layout's hash; elements, u32; bytes of the name,
// u32; the name, UTF-8; zeros up to a multiple of 4; the elements, f32 as they are, finite or not; CRC-32 of everything before, u32.

import { z } from "zod";
import { crc32 } from "../../tensor/crc32.js";
import { FormatError } from "../../tensor/formatError.js";
import { duplicateKey } from "../../text/duplicateKey.js";
import { savedNumber } from "../../train/savedProgress.js";
import type { Snapshot } from "../coupling.js";

/** Most bytes of a snapshot. */
export const MOST_SNAPSHOT = 4096;

/** Most bytes of a vector's name. */
const MOST_NAME = 256;
const MAGIC = "CVV1";
const HASH_BYTES = 16;
const HEADER = 4 + HASH_BYTES + 8;
const CHECK = 4;

/** Numbers that JSON has no form for. */
const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

const inWords = (value: number) => (Object.is(value, -0) ? "-0" : String(value));

const snapshotSchema = z.strictObject({
  particle: z.int().min(0),
  healthy: z.boolean(),
  lr: savedNumber,
  loss: savedNumber.optional(),
  score: savedNumber.optional(),
  bestScore: savedNumber.optional(),
  epochLoss: savedNumber.optional(),
  behind: savedNumber.optional(),
}) satisfies z.ZodType<Snapshot>;

/** Plain data as JSON, in which numbers that are not finite, and -0, are texts. */
export const encodeJson = (value: unknown): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify(value, (_, part) =>
      typeof part === "number" && (!Number.isFinite(part) || Object.is(part, -0))
        ? inWords(part)
        : part,
    ),
  );

/** How JSON that was received is read. */
export interface Reading<S extends z.ZodType> {
  readonly schema: S;
  /** Who sent it, for messages. */
  readonly source: string;
  /** Bytes that it may have. */
  readonly most: number;
}

/**
 * Reads what {@link encodeJson} wrote.
 *
 * @throws FormatError for what is too long, no JSON, or not as the schema says.
 */
export function decodeJson<S extends z.ZodType>(
  bytes: Uint8Array,
  { schema, source, most }: Reading<S>,
): z.output<S> {
  const fail = (message: string, byte = 0): never => {
    throw new FormatError(source, byte, message);
  };
  if (bytes.length > most) fail(`${bytes.length} bytes, expected at most ${most}`, most);
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text, (_, part) =>
      typeof part === "string" && Object.hasOwn(special, part) ? special[part] : part,
    );
    const twice = duplicateKey(text);
    if (twice !== undefined) throw new Error("a name is given twice");
  } catch (error) {
    return fail(`it is no JSON: ${(error as Error).message.slice(0, 100)}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const where = path.map(String).join(".").slice(0, 60);
  return fail(`${where === "" ? "it" : where} is wrong: ${message.slice(0, 100)}`);
}

/**
 * A snapshot as bytes, from which {@link decodeSnapshot} makes the same one, bit for bit.
 *
 * @example
 * const bytes = encodeSnapshot({ particle: 0, healthy: true, lr: 0.1, loss: Number.NaN });
 * decodeSnapshot(bytes, 0, "particle 0"); // { particle: 0, healthy: true, lr: 0.1, loss: Number.NaN }
 */
export const encodeSnapshot = (snapshot: Snapshot): Uint8Array => encodeJson(snapshot);

/**
 * Reads a snapshot of a particle.
 *
 * @param source who sent it, for messages
 * @throws FormatError for one that is too long, damaged, or of another particle.
 */
export function decodeSnapshot(bytes: Uint8Array, particle: number, source: string): Snapshot {
  const found = decodeJson(bytes, { schema: snapshotSchema, source, most: MOST_SNAPSHOT });
  if (found.particle === particle) return found;
  throw new FormatError(
    source,
    0,
    `a snapshot of particle ${found.particle}; expected ${particle}`,
  );
}

const padded = (bytes: number) => Math.ceil(bytes / 4) * 4;

/** Bytes of a vector as it is sent. */
export const vectorBytes = (name: string, length: number): number =>
  HEADER + padded(new TextEncoder().encode(name).length) + 4 * length + CHECK;

/** The 16 bytes that stand for a layout in a message. */
const hashBytes = (hash: string) =>
  Uint8Array.from(Buffer.from(hash, "hex")).subarray(0, HASH_BYTES);

/**
 * A vector as bytes.
 *
 * @param hash of the layout that it belongs to, from `layoutHash`
 * @throws RangeError for a name that is too long.
 */
export function encodeVector(name: string, values: Float32Array, hash: string): Uint8Array {
  const text = new TextEncoder().encode(name);
  if (text.length > MOST_NAME) throw new RangeError(`a name of ${text.length} bytes`);
  const bytes = new Uint8Array(vectorBytes(name, values.length));
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  bytes.set(hashBytes(hash), 4);
  view.setUint32(4 + HASH_BYTES, values.length, true);
  view.setUint32(8 + HASH_BYTES, text.length, true);
  bytes.set(text, HEADER);
  const start = HEADER + padded(text.length);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
  const end = bytes.length - CHECK;
  view.setUint32(end, crc32(bytes.subarray(0, end)), true);
  return bytes;
}

/** What a vector that is received must be. */
export interface ExpectedVector {
  readonly name: string;
  /** Elements. */
  readonly length: number;
  /** Of the layout. */
  readonly hash: string;
}

/**
 * Reads a vector.
 *
 * @param source who sent it, for messages
 * @throws FormatError for one of another name, length or layout, and for a damaged one.
 * @example
 * const hash = "00112233445566778899aabbccddeeff";
 * const bytes = encodeVector("position", Float32Array.of(1, -0.5), hash);
 * [...decodeVector(bytes, { name: "position", length: 2, hash }, "particle 0")]; // [1, -0.5]
 */
export function decodeVector(
  bytes: Uint8Array,
  { name, length, hash }: ExpectedVector,
  source: string,
): Float32Array {
  const fail = (byte: number, message: string): never => {
    throw new FormatError(source, byte, message);
  };
  const whole = vectorBytes(name, length);
  if (bytes.length !== whole) {
    fail(
      Math.min(bytes.length, whole),
      `${bytes.length} bytes, expected ${whole} for ${length} numbers`,
    );
  }
  const header = encodeVector(name, new Float32Array(0), hash).subarray(0, -CHECK);
  new DataView(header.buffer).setUint32(4 + HASH_BYTES, length, true);
  const wrong = header.findIndex((byte, at) => bytes[at] !== byte);
  if (wrong >= 0) fail(wrong, `${placeOf(wrong)} is not that of vector "${name}" of this swarm`);
  const end = whole - CHECK;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(end, true) !== crc32(bytes.subarray(0, end))) {
    fail(end, "the checksum does not match: the vector is damaged");
  }
  // A copy: `slice` of Node's buffers is none.
  return new Float32Array(new Uint8Array(bytes.subarray(header.length, end)).buffer);
}

/** What stands at a byte of the header, for messages. */
const placeOf = (byte: number): string =>
  [
    { until: 4, what: "the format" },
    { until: 4 + HASH_BYTES, what: "the layout's hash" },
    { until: 8 + HASH_BYTES, what: "the length" },
    { until: Number.POSITIVE_INFINITY, what: "the name" },
  ].find(({ until }) => byte < until)!.what;
