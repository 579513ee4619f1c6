// A snapshot and the vectors that go with it as one file: "CVP1"; bytes of the head, u32; the head, JSON; its CRC-32,
// u32; the vectors, each as in wire.ts. A reader may take the head alone, or one vector.

import { z } from "zod";
import { crc32 } from "../../tensor/crc32.js";
import { FormatError } from "../../tensor/formatError.js";
import type { Snapshot } from "../coupling.js";
import {
  decodeJson,
  decodeSnapshot,
  decodeVector,
  encodeJson,
  encodeSnapshot,
  encodeVector,
  MOST_SNAPSHOT,
  vectorBytes,
} from "./wire.js";

const MAGIC = new TextEncoder().encode("CVP1");
const START = 8;
const MOST_HEAD = 64 * 1024;

const headSchema = z.strictObject({
  round: z.int().min(0),
  snapshot: z.string().max(MOST_SNAPSHOT),
  vectors: z.array(z.string().max(256)).max(256),
});

/** Elements of the vectors of a swarm's particles, by name; the same for all of them. */
export type Lengths = ReadonlyMap<string, number>;

/** A particle in a round. */
export interface Publication {
  readonly round: number;
  readonly snapshot: Snapshot;
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

export function encodePublication(
  { round, snapshot, vectors }: Publication,
  hash: string,
): Uint8Array {
  const parts = [...vectors].map(([name, values]) => encodeVector(name, values, hash));
  const text = new TextDecoder().decode(encodeSnapshot(snapshot));
  const head = encodeJson({ round, snapshot: text, vectors: [...vectors.keys()] });
  const opening = new Uint8Array(START + head.length + 4);
  opening.set(MAGIC);
  const view = new DataView(opening.buffer);
  view.setUint32(4, head.length, true);
  opening.set(head, START);
  view.setUint32(START + head.length, crc32(head), true);
  return Buffer.concat([opening, ...parts]);
}

/** Bytes of the vectors of a publication. */
export const bytesOfVectors = (lengths: Lengths): number =>
  [...lengths].reduce((sum, [name, length]) => sum + vectorBytes(name, length), 0);

/** Most bytes of a publication with vectors of these lengths. */
export const mostBytes = (lengths: Lengths): number =>
  START + 4 + MOST_HEAD + bytesOfVectors(lengths);

/** What is expected of a publication. */
export interface ExpectedPublication {
  readonly round: number;
  readonly particle: number;
  readonly lengths: Lengths;
  readonly hash: string;
}

/**
 * Reads a publication as a whole.
 *
 * @throws FormatError for one that is damaged, or of another round, particle, layout or length.
 */
export function decodePublication(
  bytes: Uint8Array,
  { round, particle, lengths, hash }: ExpectedPublication,
  source: string,
): Publication {
  const fail = (byte: number, message: string): never => {
    throw new FormatError(source, byte, message);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < START || MAGIC.some((byte, at) => bytes[at] !== byte)) {
    fail(0, "it is no publication of a particle");
  }
  const size = view.getUint32(4, true);
  if (size > MOST_HEAD || START + size + 4 > bytes.length) fail(4, `a head of ${size} bytes`);
  const head = bytes.subarray(START, START + size);
  if (view.getUint32(START + size, true) !== crc32(head)) {
    fail(START + size, "the checksum of the head does not match");
  }
  const found = decodeJson(head, { schema: headSchema, source, most: MOST_HEAD });
  if (found.round !== round) fail(START, `of round ${found.round}; expected round ${round}`);
  const snapshot = decodeSnapshot(new TextEncoder().encode(found.snapshot), particle, source);
  const vectors = new Map<string, Float32Array>();
  let at = START + size + 4;
  for (const name of found.vectors) {
    const length = lengths.get(name);
    if (length === undefined || vectors.has(name)) return fail(START, "unknown vectors");
    const end = at + vectorBytes(name, length);
    const part = bytes.subarray(at, end);
    vectors.set(name, decodeVector(part, { name, length, hash }, source));
    at = end;
  }
  if (at !== bytes.length) fail(at, `${bytes.length - at} bytes belong to nothing`);
  return { round, snapshot, vectors };
}
