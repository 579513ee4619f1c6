// Bytes that are read in parts: of an array in memory, or of a file too large to be read as a whole.

/** A run of bytes by position. */
export interface ByteSource {
  readonly length: number;
  /** The bytes `[from, to)`, cut off at the end; perhaps a view, so nobody may write to them. */
  read(from: number, to: number): Uint8Array;
  /** The same as new bytes, which belong to the caller. */
  take(from: number, to: number): Uint8Array;
}

/** An array as a source. */
export const inMemory = (bytes: Uint8Array): ByteSource => ({
  length: bytes.length,
  read: (from, to) => bytes.subarray(from, to),
  take: (from, to) => bytes.slice(from, to),
});

/**
 * Bytes that packed data (gzip, zip) may take unpacked where nobody says otherwise: 512 MB, or 100 times as many as
 * they are. Photographs shrink to a half, drawn digits to a fifth; a thousandth is what a bomb is made of.
 *
 * @param packed bytes of the packed data
 */
export const unpackedLimit = (packed: number): number => Math.max(512e6, 100 * packed);
