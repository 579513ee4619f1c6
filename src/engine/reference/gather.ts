// Batches from stored bytes, as the contract describes them: one output pixel at a time.

import { type Gather, SAMPLE_FIELDS } from "../engine.js";
import { checkGather } from "../gather.js";

/** Whether a point lies in the extent of an image, half a pixel beyond the centres of the outermost ones. */
const inside = (at: number, size: number) => at >= -0.5 && at <= size - 0.5;

/** The stored image `index` at a point between pixels: bilinear; the border's pixels to the edge, 0 outside. */
function sample(batch: Gather, index: number, channel: number, x: number, y: number): number {
  const { images, height, width, channels } = batch;
  if (!inside(x, width) || !inside(y, height)) return 0;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const nearest = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  const pixel = (row: number, column: number) => {
    const line = index * height + nearest(row, height);
    return images[(line * width + nearest(column, width)) * channels + channel];
  };
  const [across, down] = [x - left, y - top];
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
