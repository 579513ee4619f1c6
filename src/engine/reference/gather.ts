// Batches from stored bytes, as the contract describes them: one output pixel at a time.

import { type Gather, SAMPLE_FIELDS } from "../engine.js";
import { checkGather } from "../gather.js";

/** The stored image `index` at a point between pixels: bilinear, 0 outside. */
function sample(batch: Gather, index: number, channel: number, x: number, y: number): number {
  const { images, height, width, channels } = batch;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const pixel = (row: number, column: number) =>
    row >= 0 && row < height && column >= 0 && column < width
      ? images[((index * height + row) * width + column) * channels + channel]
      : 0;
  const across = x - left;
  const down = y - top;
  const upper = pixel(top, left) * (1 - across) + pixel(top, left + 1) * across;
  const lower = pixel(top + 1, left) * (1 - across) + pixel(top + 1, left + 1) * across;
  return upper * (1 - down) + lower * down;
}

/** Fills `out`, f32 [n, channels, outHeight, outWidth]. */
export function gather(batch: Gather, out: Float32Array): void {
  checkGather(batch, out);
  const { channels, indices, samples, outHeight, outWidth, mean, std } = batch;
  for (let at = 0; at < out.length; at++) {
    const x = at % outWidth;
    const y = Math.floor(at / outWidth) % outHeight;
    const channel = Math.floor(at / (outWidth * outHeight)) % channels;
    const n = Math.floor(at / (outWidth * outHeight * channels));
    const fields = samples.subarray(n * SAMPLE_FIELDS, (n + 1) * SAMPLE_FIELDS);
    const [a, b, c, d, e, f, left, top, right, bottom, weight] = fields;
    if (x >= left && x < right && y >= top && y < bottom) {
      out[at] = 0; // The channel's mean, normalised.
      continue;
    }
    const [sx, sy] = [a * x + b * y + c, d * x + e * y + f];
    const [own, partner] = [indices[2 * n], indices[2 * n + 1]];
    let byte = sample(batch, own, channel, sx, sy);
    if (partner >= 0) {
      byte = weight * byte + (1 - weight) * sample(batch, partner, channel, sx, sy);
    }
    out[at] = (byte - mean[channel]) / std[channel];
  }
}
