// The checksum of zip archives and of messages: CRC-32 with the polynomial of IEEE 802.3, eight bytes at a
// time (Kounavis and Berry 2005, "A Systematic Approach to Building High Performance Software-based CRC
// Generators").

const SLICES = 8;

/** What a byte becomes by the time that 0, 1, ... 7 bytes have followed it. */
const slices = Array.from({ length: SLICES }, () => new Int32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  slices[0][byte] = value;
}
for (let slice = 1; slice < SLICES; slice++) {
  for (let byte = 0; byte < 256; byte++) {
    const before = slices[slice - 1][byte];
    slices[slice][byte] = (before >>> 8) ^ slices[0][before & 255];
  }
}
const [s0, s1, s2, s3, s4, s5, s6, s7] = slices;

/**
 * CRC-32 of some bytes, as an unsigned number.
 *
 * @param before that of the bytes before them, where they are the next part of something
 * @example
 * const text = new TextEncoder().encode("123456789");
 * crc32(text); // 3421780262
 * crc32(text.subarray(4), crc32(text.subarray(0, 4))); // 3421780262
 */
export function crc32(bytes: Uint8Array, before = 0): number {
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
}
