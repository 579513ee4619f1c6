// Checksums of zip archives, messages and event files: CRC-32 with the polynomial of IEEE 802.3 or of Castagnoli, eight bytes at
// a time (Kounavis and Berry 2005, "A Systematic Approach to Building High Performance Software-based CRC Generators").

const SLICES = 8;

/** What a byte becomes by the time that 0, 1, ... 7 bytes have followed it. */
function slicesOf(polynomial: number): readonly Int32Array[] {
  const slices = Array.from({ length: SLICES }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    slices[0][byte] = value;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = slices[slice - 1][byte];
      slices[slice][byte] = (before >>> 8) ^ slices[0][before & 255];
    }
  }
  return slices;
}

/** A checksum by its polynomial, bits reversed. */
function checksum(polynomial: number) {
  const [s0, s1, s2, s3, s4, s5, s6, s7] = slicesOf(polynomial);
  return (bytes: Uint8Array, before = 0): number => {
    let value = ~before;
    let at = 0;
    for (const end = bytes.length - SLICES; at <= end; at += SLICES) {
      value ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
      value =
        s7[value & 255] ^
        s6[(value >>> 8) & 255] ^
        s5[(value >>> 16) & 255] ^
        s4[value >>> 24] ^
        s3[bytes[at + 4]] ^
        s2[bytes[at + 5]] ^
        s1[bytes[at + 6]] ^
        s0[bytes[at + 7]];
    }
    for (; at < bytes.length; at++) value = (value >>> 8) ^ s0[(value ^ bytes[at]) & 255];
    return ~value >>> 0;
  };
}

/**
 * CRC-32 of some bytes, as an unsigned number; of the next part of something behind what the parts before it gave.
 *
 * @example
 * const text = new TextEncoder().encode("123456789");
 * crc32(text); // 3421780262
 * crc32(text.subarray(4), crc32(text.subarray(0, 4))); // 3421780262
 */
export const crc32 = checksum(0xedb88320);

/**
 * CRC-32C of some bytes, as {@link crc32} gives it, by the polynomial of Castagnoli.
 *
 * @example
 * crc32c(new TextEncoder().encode("123456789")); // 3808858755
 */
export const crc32c = checksum(0x82f63b78);
