// What stands in a NATS bucket beside the bytes of vectors: what a particle brought to a collective, and who took part.
// Everything is checked before anything of it is used.

import { z } from "zod";
import { FormatError } from "../../tensor/formatError.js";
import { decodeJson, encodeJson, MOST_SNAPSHOT } from "./wire.js";

/** Some bytes that a particle brings: a vector as it is sent, a message. */
const blob = z.strictObject({
  name: z.string().max(256),
  /** Numbers of a vector, bytes of a message. */
  length: z.int().min(0),
  bytes: z.int().min(0),
  crc: z.int().min(0),
});

const publication = z.strictObject({
  /** As JSON; none beside a message. */
  snapshot: z.string().max(MOST_SNAPSHOT).optional(),
  blobs: z.array(blob).max(64).readonly(),
});

/** Some bytes that a particle brings, as they are told of. */
export type Blob = z.output<typeof blob>;
/** What a particle brought to a collective. */
export type Publication = z.output<typeof publication>;
/** By particle; `undefined` for who took no part. */
export type Attendance = readonly (Publication | undefined)[];

/** Bounds of what is taken. */
export interface Bounds {
  readonly particles: number;
  /** Bytes that a particle may bring to a collective. */
  readonly most: number;
}

function checked(found: Publication, { most }: Bounds, source: string): Publication {
  const bytes = found.blobs.reduce((sum, each) => sum + each.bytes, 0);
  if (bytes <= most) return found;
  throw new FormatError(source, 0, `${bytes} bytes are announced, expected at most ${most}`);
}

export const encodePublication = (value: Publication): Uint8Array => encodeJson(value);

/** @throws FormatError for what is damaged, or announces more than the bounds allow. */
export function decodePublication(bytes: Uint8Array, bounds: Bounds, source: string): Publication {
  const most = 2 * MOST_SNAPSHOT + 64 * 512;
  return checked(decodeJson(bytes, { schema: publication, source, most }), bounds, source);
}

export const encodeAttendance = (value: Attendance): Uint8Array =>
  encodeJson({ present: value.map((each) => each ?? null) });

/** @throws FormatError for what is damaged, of another number of particles, or beyond the bounds. */
export function decodeAttendance(bytes: Uint8Array, bounds: Bounds, source: string): Attendance {
  const present = z.array(publication.nullable()).length(bounds.particles);
  const schema = z.strictObject({ present });
  const most = 64 * 2 ** 20;
  const found = decodeJson(bytes, { schema, source, most }).present;
  return found.map((each) => (each ? checked(each, bounds, source) : undefined));
}
