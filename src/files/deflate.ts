// Bytes as small as deflate makes them (RFC 1951, without a header), and back within bounds.

import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** Codes of Huffman alone are shorter where nothing is repeated. */
const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY];

/**
 * The smallest stream that gives the bytes back.
 */
export function deflated(bytes: Uint8Array): Uint8Array {
  const [plain, huffman] = strategies.map((strategy) =>
    deflateRawSync(bytes, { level: 9, strategy }),
  );
  return plain.length <= huffman.length ? plain : huffman;
}

/**
 * What a whole stream holds; `undefined` for one that is damaged, goes on behind its end or holds more.
 *
 * @param most bytes that it may hold; no more memory is taken
 */
export function inflated(stream: Uint8Array, most: number): Uint8Array | undefined {
  try {
    const options = { maxOutputLength: Math.max(1, most), info: true } as const;
    const { buffer, engine } = inflateRawSync(stream, options) as unknown as {
      readonly buffer: Uint8Array;
      readonly engine: { readonly bytesWritten: number };
    };
    return engine.bytesWritten === stream.length && buffer.length <= most ? buffer : undefined;
  } catch {
    return undefined;
  }
}
