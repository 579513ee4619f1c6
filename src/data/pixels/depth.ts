// Numbers of more than 8 bits as bytes.

/** How numbers of 16 bits become bytes. */
export const ranges = {
  full: "the whole range: 0 to 65535 become 0 to 255",
  percentile: "each image from its 1st to its 99th percentile",
} as const;
export type Range16 = keyof typeof ranges;

/** Steps of 16 bits in one of 8. */
const STEP = 257;
const LOW = 0.01;

/** Percentiles of 16-bit numbers, by counting. */
function percentiles(data: Uint16Array): [low: number, high: number] {
  const counts = new Uint32Array(65536);
  for (const value of data) counts[value]++;
  const rank = Math.floor(LOW * (data.length - 1));
  const at = (from: number, step: number) => {
    let [value, seen] = [from, counts[from]];
    while (seen <= rank) seen += counts[(value += step)];
    return value;
  };
  return [at(0, 1), at(65535, -1)];
}

/**
 * 16-bit numbers as bytes, by one of {@link ranges}.
 *
 * @example
 * bytesOf16(Uint16Array.of(0, 257, 65535)); // Uint8Array.of(0, 1, 255)
 */
export function bytesOf16(data: Uint16Array, range: Range16 = "full"): Uint8Array {
  const [low, high] = range === "percentile" ? percentiles(data) : [0, 255 * STEP];
  const scale = 255 / Math.max(1, high - low);
  const bytes = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at++) bytes[at] = (data[at] - low) * scale;
  return new Uint8Array(bytes.buffer);
}

/**
 * Numbers from 0 to 1 as bytes; what lies outside is cut, what is no number is 0.
 *
 * @example
 * bytesOfFloats(Float32Array.of(-1, 0.5, 2)); // Uint8Array.of(0, 128, 255)
 */
export function bytesOfFloats(data: Float32Array | Float64Array): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) {
    bytes[at] = Math.floor(255 * Math.min(Math.max(data[at], 0), 1) + 0.5);
  }
  return bytes;
}
