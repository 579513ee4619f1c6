// Batches from stored bytes, as the contract describes them: one output pixel at a time.

import { InputError } from "../../inputError.js";
import { type Gather, SAMPLE_FIELDS, SOURCE_FIELDS } from "../engine.js";
import { checkGather, opened } from "../gather.js";
import { OPERATION_FIELDS } from "../pixels.js";
import { changed, type Pixels } from "./pixels.js";

/** One channel of an image at an output pixel. */
type Look = (image: Pixels, channel: number, x: number, y: number) => number;

/** Whether a point lies in the extent of an image, half a pixel beyond the centres of the outermost ones. */
const inside = (at: number, size: number) => at >= -0.5 && at <= size - 0.5;

/** An image at a point between pixels: bilinear; the border's pixels to the edge, 0 outside. */
function pointOf(image: Pixels, channel: number, x: number, y: number): number {
  const { bytes, height, width, channels } = image;
  if (!inside(x, width) || !inside(y, height)) return 0;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const nearest = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  const pixel = (row: number, column: number) =>
    bytes[(nearest(row, height) * width + nearest(column, width)) * channels + channel];
  const [across, down] = [x - left, y - top];
  const upper = pixel(top, left) * (1 - across) + pixel(top, left + 1) * across;
  const lower = pixel(top + 1, left) * (1 - across) + pixel(top + 1, left + 1) * across;
  return upper * (1 - down) + lower * down;
}

/** Pixels and weights under a triangle round a point of one axis; none for a point outside. */
function triangle(at: number, scale: number, size: number): [pixel: number, weight: number][] {
  if (!inside(at, size)) return [];
  const reach = Math.max(scale, 1);
  const taps: [number, number][] = [];
  const last = Math.min(size - 1, Math.floor(at + reach));
  for (let pixel = Math.max(0, Math.ceil(at - reach)); pixel <= last; pixel++) {
    taps.push([pixel, 1 - Math.abs(pixel - at) / reach]);
  }
  const sum = taps.reduce((total, [, weight]) => total + weight, 0);
  return taps.map(([pixel, weight]) => [pixel, weight / sum]);
}

/** Means under a triangle, for a map along the axes. */
const filtered =
  ([a, , c, , e, f]: Float32Array): Look =>
  ({ bytes, height, width, channels }, channel, x, y) => {
    let sum = 0;
    const columns = triangle(a * x + c, Math.abs(a), width);
    for (const [row, down] of triangle(e * y + f, Math.abs(e), height)) {
      for (const [column, across] of columns) {
        sum += down * across * bytes[(row * width + column) * channels + channel];
      }
    }
    return sum;
  };

const MOST_POINTS = 8;
const pointsFor = (length: number) =>
  length >= 1.5 ? Math.min(MOST_POINTS, Math.round(length)) : 1;

/** The mean of as many points as an output pixel covers source pixels. */
function averaged([a, b, c, d, e, f]: Float32Array): Look {
  const [across, down] = [pointsFor(Math.hypot(a, d)), pointsFor(Math.hypot(b, e))];
  return (image, channel, x, y) => {
    let sum = 0;
    for (let j = 0; j < down; j++) {
      const py = y + (j + 0.5) / down - 0.5;
      for (let i = 0; i < across; i++) {
        const px = x + (i + 0.5) / across - 0.5;
        sum += pointOf(image, channel, a * px + b * py + c, d * px + e * py + f);
      }
    }
    return sum / (across * down);
  };
}

function lookOf(map: Float32Array): Look {
  const [a, b, , d, e] = map;
  const shrinks = b === 0 && d === 0 && (Math.abs(a) > 1 || Math.abs(e) > 1);
  return shrinks ? filtered(map) : averaged(map);
}

/** Bytes of the stored images, by place and number. */
interface Bytes {
  at(first: number, length: number): Uint8Array;
  close(): void;
}

function openBytes(images: Gather["images"]): Bytes {
  if (images instanceof Uint8Array) {
    const at = (first: number, length: number) => images.subarray(first, first + length);
    return { at, close: () => undefined };
  }
  // A file can only be there where Node's modules are.
  const { closeSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  const file = opened(images, () => openSync(images.path, "r"));
  return {
    at(first, length) {
      const bytes = new Uint8Array(length);
      const count = readSync(file, bytes, 0, length, first);
      if (count < length)
        throw new InputError(`${images.path}: it got shorter while it was in use`);
      return bytes;
    },
    close: () => closeSync(file),
  };
}

/** The operations on a source. */
function operationsOn({ operations = new Float64Array(0) }: Gather, source: number): Float64Array {
  const sources = operations.filter((_, at) => at % OPERATION_FIELDS === 0);
  const [first, last] = [sources.indexOf(source), sources.lastIndexOf(source)];
  if (first < 0) return operations.subarray(0, 0);
  return operations.subarray(first * OPERATION_FIELDS, (last + 1) * OPERATION_FIELDS);
}

/** The image of a source behind its operations; `undefined` for no partner. */
function imageAt(batch: Gather, bytes: Bytes, source: number): Pixels | undefined {
  const { sources, channels } = batch;
  const [first, height, width] = sources.subarray(source * SOURCE_FIELDS);
  if (first < 0) return undefined;
  const stored = { bytes: bytes.at(first, height * width * channels), height, width, channels };
  return changed(stored, operationsOn(batch, source));
}

/** All channels of sample `n`, from element `start` of `out` on. */
function makeSample(batch: Gather, bytes: Bytes, n: number, out: Float32Array, start: number) {
  const { channels, samples, outHeight, outWidth, mean, std } = batch;
  const fields = samples.subarray(n * SAMPLE_FIELDS, (n + 1) * SAMPLE_FIELDS);
  const [box, weight] = [fields.subarray(6, 10), fields[10]];
  const [own, partner] = [imageAt(batch, bytes, 2 * n)!, imageAt(batch, bytes, 2 * n + 1)];
  const [look, lookAside] = [lookOf(fields.subarray(0, 6)), lookOf(fields.subarray(11, 17))];
  const patch = fields.subarray(17);
  const within = (x: number, y: number, [left, top, right, bottom]: Float32Array) =>
    x >= left && x < right && y >= top && y < bottom;
  const pixelOf = (channel: number, x: number, y: number): number => {
    // The channel's mean, normalised.
    if (within(x, y, box)) return 0;
    const share = within(x, y, patch) ? 0 : weight;
    let byte = look(own, channel, x, y);
    if (partner) byte = share * byte + (1 - share) * lookAside(partner, channel, x, y);
    return (byte - mean[channel]) / std[channel];
  };
  let at = start;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) out[at++] = pixelOf(channel, x, y);
    }
  }
}

/** Fills `out`, f32 [n, channels, outHeight, outWidth]. */
export function gather(batch: Gather, out: Float32Array): void {
  checkGather(batch, out);
  const count = batch.samples.length / SAMPLE_FIELDS;
  const bytes = openBytes(batch.images);
  try {
    for (let n = 0; n < count; n++) makeSample(batch, bytes, n, out, (n * out.length) / count);
  } finally {
    bytes.close();
  }
}
