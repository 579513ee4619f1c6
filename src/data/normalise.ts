// The constants that bring each channel to mean 0 and std 1, measured on the training data.

import type { Dataset } from "./dataset.js";
import { readerOf } from "./images.js";

/** Per channel, in units of the stored bytes: input = (byte - mean) / std. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Most bytes that are counted. */
const COUNTED = 2 ** 29;

/**
 * Mean and standard deviation of each channel over all pixels; a channel that never changes gets
 * std 1. Exact and independent of order: it counts bytes. Of more than {@link COUNTED} bytes it counts those of
 * images at even distances.
 *
 * @example
 * const { mean, std } = normalisationOf((await openDataset("mnist")).train);
 * [mean[0].toFixed(1), std[0].toFixed(1)]; // ["33.3", "78.6"]
 */
export function normalisationOf({ images, channels, length }: Dataset): Normalisation {
  const counts = new Float64Array(channels * 256);
  let bytes = 0;
  for (let at = 0; at < length; at++) {
    bytes += images.sizes[2 * at] * images.sizes[2 * at + 1] * channels;
  }
  const stride = Math.max(1, Math.ceil(bytes / COUNTED));
  const reader = readerOf(images, channels);
  for (let at = 0; at < length; at += stride) countBytes(reader.read(at), channels, counts);
  reader.close();
  const moments = Array.from({ length: channels }, (_, channel) =>
    momentsOf(counts.subarray(channel * 256, (channel + 1) * 256)),
  );
  return {
    mean: moments.map(({ mean }) => mean),
    std: moments.map(({ std }) => std || 1),
  };
}

function countBytes(image: Uint8Array, channels: number, counts: Float64Array): void {
  for (let at = 0; at < image.length; at += channels) {
    for (let channel = 0; channel < channels; channel++) {
      counts[channel * 256 + image[at + channel]]++;
    }
  }
}

/** Moments of bytes given how often each occurs. */
function momentsOf(counts: Float64Array): { mean: number; std: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, byte) => sum + count * byte, 0) / total;
  const variance = counts.reduce((sum, count, byte) => sum + count * (byte - mean) ** 2, 0) / total;
  return { mean, std: Math.sqrt(variance) };
}
