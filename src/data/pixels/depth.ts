// Numbers of more than 8 bits as bytes.

import { InputError } from "../../inputError.js";
import { counted, grouped } from "../../text/format.js";
import { type Limits, parseLimits, type Span } from "./range.js";

/** Steps of 16 bits in one of 8. */
const STEP = 257;
const LOW = 0.01;
/** With fewer values of a byte than this, images have lost what a net may need: 14 bits have so many. */
const FEW = 64;
const WHOLE: Limits = [[0, 255 * STEP]];

/** Counts numbers of 16 bits, those of each channel for themselves. */
export class Histogram {
  private readonly counts: Uint32Array[] = [];

  /** Adds numbers of pixels [pixels, channels]. */
  add(data: Uint16Array, channels: number): void {
    while (this.counts.length < channels) this.counts.push(new Uint32Array(65536));
    for (let at = 0; at < data.length; at++) this.counts[at % channels][data[at]]++;
  }

  /** Percentiles 1 and 99 of each channel. */
  limits(): Limits {
    return this.counts.map(percentiles);
  }
}

/** The numbers at the 1st and the 99th percentile, from how often each occurs; two, even where nearly all are one. */
function percentiles(counts: Uint32Array): Span {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const rank = Math.floor(LOW * (total - 1));
  const at = (from: number, step: number) => {
    let [value, seen] = [from, counts[from]];
    while (seen <= rank) seen += counts[(value += step)];
    return value;
  };
  const [low, high] = [at(0, 1), at(65535, -1)];
  return low < high ? [low, high] : [Math.min(low, 65534), Math.min(low, 65534) + 1];
}

/** The limits of one image. */
function limitsOf(data: Uint16Array, channels: number, range: string): Limits {
  const limits = parseLimits(range);
  if (limits && limits.length !== 1 && limits.length !== channels) {
    throw new InputError(
      `it has ${counted(channels, "channel")}; setting range has limits of ${counted(limits.length, "band")}`,
    );
  }
  if (limits) return limits;
  return range === "percentile" ? [spanOf(data)] : WHOLE;
}

/** Percentiles 1 and 99 of numbers, those of all channels together. */
export function spanOf(data: Uint16Array): Span {
  const all = new Histogram();
  all.add(data, 1);
  return all.limits()[0];
}

/**
 * What to say of images of which the whole range leaves few values of a byte; `undefined` where enough are left.
 *
 * @param spans percentiles 1 and 99 of each image of 16 bits
 * @example
 * narrowNote([[800, 1200], [900, 1400]])?.includes("3 byte values of 256 are left"); // true
 * narrowNote([[0, 65535]]); // undefined
 */
export function narrowNote(spans: readonly Span[]): string | undefined {
  if (spans.length === 0) return undefined;
  const low = spans.reduce((least, [low]) => Math.min(least, low), 65535);
  const high = spans.reduce((most, [_, high]) => Math.max(most, high), 0);
  const levels = Math.round(high / STEP) - Math.round(low / STEP) + 1;
  if (levels >= FEW) return undefined;
  return (
    `images of 16 bits have numbers from ${grouped(low)} to ${grouped(high)} (1st to 99th percentile), of which ` +
    `${counted(levels, "byte value")} of 256 ${levels === 1 ? "is" : "are"} left; --range train uses all`
  );
}

/**
 * 16-bit numbers as bytes, what lies outside of the limits being cut.
 *
 * @param channels of data [pixels, channels]
 * @param range one of {@link ranges} but `train`, or limits of each channel or of all
 * @example
 * bytesOf16(Uint16Array.of(0, 257, 65535), 1); // Uint8Array.of(0, 1, 255)
 * bytesOf16(Uint16Array.of(100, 100, 300, 300), 2, "100-300,0-200"); // Uint8Array.of(0, 127, 255, 255)
 */
export function bytesOf16(data: Uint16Array, channels: number, range = "full"): Uint8Array {
  const limits = limitsOf(data, channels, range);
  const scales = limits.map(([low, high]) => 255 / (high - low));
  const bytes = new Uint8ClampedArray(data.length);
  for (let at = 0; at < data.length; at++) {
    const channel = limits.length === 1 ? 0 : at % channels;
    bytes[at] = (data[at] - limits[channel][0]) * scales[channel];
  }
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
