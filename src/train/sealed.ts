// Safetensors files with a checksum over all of their bytes, so that no damage goes unseen. It stands in the
// metadata at a fixed place, as 8 hexadecimal digits, and counts itself as zeros. Other programs read such
// files as any other.

import { crc32 } from "../tensor/crc32.js";
import { FormatError } from "../tensor/formatError.js";
import { type HostTensor, widened } from "../tensor/host.js";
import { readSafetensors, type Safetensors, writeSafetensors } from "../tensor/safetensors.js";

const ZEROS = "00000000";
/** What every sealed file has behind the 8 bytes of the header's length. */
const HEAD = new TextEncoder().encode('{"__metadata__":{"crc32":"');
const BEGIN = 8 + HEAD.length;
const END = BEGIN + ZEROS.length;

function digitsOf(bytes: Uint8Array): string {
  const head = crc32(bytes.subarray(0, BEGIN));
  const value = crc32(bytes.subarray(END), crc32(new TextEncoder().encode(ZEROS), head));
  return value.toString(16).padStart(ZEROS.length, "0");
}

/** Writes as {@link writeSafetensors} does, with the checksum. */
export function writeSealed(
  tensors: Iterable<readonly [string, HostTensor]>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = writeSafetensors(tensors, { crc32: ZEROS, ...metadata });
  bytes.set(new TextEncoder().encode(digitsOf(bytes)), BEGIN);
  return bytes;
}

/** A file that was read. */
export interface Unsealed extends Safetensors {
  /** Whether it has a checksum; files of other programs have none. */
  readonly sealed: boolean;
}

/**
 * Reads a file with or without a checksum. Weights in 16 or 8 bits become those of 32.
 *
 * @param source name for messages
 * @throws FormatError when the file is damaged.
 */
export function readSealed(bytes: Uint8Array, source: string): Unsealed {
  const { tensors, metadata } = readSafetensors(bytes, source);
  const read = {
    tensors: new Map([...tensors].map(([name, tensor]) => [name, widened(tensor)])),
    metadata,
  };
  const sealed = HEAD.every((byte, at) => bytes[8 + at] === byte);
  if (!sealed) return { ...read, sealed };
  const written = new TextDecoder("latin1").decode(bytes.subarray(BEGIN, END));
  const found = digitsOf(bytes);
  if (written === found) return { ...read, sealed };
  throw new FormatError(
    source,
    BEGIN,
    `the file is damaged: its checksum is ${written}, its bytes have ${found}`,
  );
}
