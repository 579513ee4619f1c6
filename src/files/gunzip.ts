// Gzip data unpacked within a bound that is told before.

import { createGunzip } from "node:zlib";
import { InputError } from "../inputError.js";
import { unpackedLimit } from "../tensor/byteSource.js";
import { formatBytes } from "../text/bytes.js";

/** Bytes that are unpacked at a time. */
const CHUNK = 1 << 18;
/** No gzip data expand further. */
const MOST_EXPANSION = 1032;

/** Whether bytes begin as gzip data do. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What the end of the data says of their length unpacked, up to whole multiples of 4 GiB. */
const statedLength = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);

/** Bytes that come piece by piece, in one array of at most `limit` of them. */
class Growing {
  private length = 0;

  constructor(
    private bytes: Uint8Array,
    private readonly limit: number,
  ) {}

  /** Adds a piece, unless there would be too many then. */
  add(piece: Uint8Array): boolean {
    const length = this.length + piece.length;
    if (length > this.limit) return false;
    if (length > this.bytes.length) {
      const longer = new Uint8Array(Math.min(this.limit, Math.max(length, 2 * this.bytes.length)));
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes.set(piece, this.length);
    this.length = length;
    return true;
  }

  whole(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/**
 * Unpacks gzip data.
 *
 * @param source name for messages
 * @param limit bytes that they may take unpacked; default 512 MB, or 100 times as many as they have
 * @throws InputError for damaged data, other bytes behind them, and more than the limit, before it is made.
 */
export async function gunzip(
  bytes: Uint8Array,
  source: string,
  limit = unpackedLimit(bytes.length),
): Promise<Uint8Array> {
  const stated = bytes.length < 18 ? 0 : statedLength(bytes);
  // Data that are cut off or lie say anything: they are believed as far as they may be true.
  const expected = Math.min(stated, limit, MOST_EXPANSION * bytes.length);
  const result = new Growing(new Uint8Array(expected), limit);
  const stream = createGunzip({ chunkSize: CHUNK });
  stream.end(bytes);
  try {
    for await (const piece of stream) {
      if (result.add(piece as Buffer)) continue;
      throw new InputError(
        `${source}: unpacked, its ${formatBytes(bytes.length)} of gzip data would exceed the limit of ` +
          `${formatBytes(limit)}; if they are meant to be so large, unpack the file first`,
      );
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${source}: the gzip data are damaged or cut off (${(error as Error).message}) after ` +
        `${bytes.length} bytes; fetch the file again`,
    );
  }
  return result.whole();
}
