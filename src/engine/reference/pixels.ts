// Operations on the bytes of an image, as Pillow's ImageOps, ImageEnhance and Image.transform do them, to the byte.

import {
  OPERATION_ARGUMENTS,
  OPERATION_FIELDS,
  type PixelOperation,
  pixelOperationNames,
} from "../pixels.js";

/** An image, u8 [height, width, channels]. */
export interface Pixels {
  readonly bytes: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Makes the new bytes of an image. */
type Change = (image: Pixels, args: Float64Array) => Uint8Array;

/** Steps of a pixel that a map is rounded to. */
const FIXED = 65536;
const fixed = (value: number) => Math.floor(value * FIXED + 0.5);

const affine: Change = ({ bytes, height, width, channels }, args) => {
  const [a, b, c, d, e, f] = [0, 0, 0.5, 0, 0, 0.5].map((half, at) => fixed(args[at] + half));
  const made = new Uint8Array(bytes.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += channels) {
      const column = Math.floor((a * x + b * y + c) / FIXED);
      const row = Math.floor((d * x + e * y + f) / FIXED);
      if (column < 0 || column >= width || row < 0 || row >= height) continue;
      const from = (row * width + column) * channels;
      for (let channel = 0; channel < channels; channel++) {
        made[to + channel] = bytes[from + channel];
      }
    }
  }
  return made;
};

/** Every byte becomes what a table of its channel says. */
const byTable =
  (tableOf: (counts: Uint32Array) => (byte: number) => number): Change =>
  ({ bytes, channels }) => {
    const made = new Uint8Array(bytes.length);
    for (let channel = 0; channel < channels; channel++) {
      const counts = new Uint32Array(256);
      for (let at = channel; at < bytes.length; at += channels) counts[bytes[at]]++;
      const table = Uint8Array.from({ length: 256 }, (_, byte) => byte).map(tableOf(counts));
      for (let at = channel; at < bytes.length; at += channels) made[at] = table[bytes[at]];
    }
    return made;
  };

const clamp = (value: number) => Math.min(Math.max(Math.trunc(value), 0), 255);

const autoContrast = byTable((counts) => {
  const least = counts.findIndex((count) => count > 0);
  const most = counts.findLastIndex((count) => count > 0);
  if (most <= least) return (byte) => byte;
  const scale = 255 / (most - least);
  const offset = -least * scale;
  return (byte) => clamp(byte * scale + offset);
});

const equalise = byTable((counts) => {
  const most = counts.findLastIndex((count) => count > 0);
  const below = counts.reduce((sum, count) => sum + count, 0) - counts[most];
  const step = Math.floor(below / 255);
  if (step === 0) return (byte) => byte;
  let sum = step >> 1;
  const table = counts.map((count) => {
    const level = Math.floor(sum / step);
    sum += count;
    return Math.min(level, 255);
  });
  return (byte) => table[byte];
});

/** Every byte becomes what a function of it says. */
const each =
  (change: (args: Float64Array) => (byte: number) => number): Change =>
  ({ bytes }, args) =>
    bytes.map(change(args));

/** From `other` to `byte` and beyond, by a factor, in single precision. */
function blend(other: number, byte: number, factor: number): number {
  const value = Math.fround(other + Math.fround(Math.fround(factor) * (byte - other)));
  return clamp(value);
}

/** Brightness of a pixel of three channels. */
const lumaAt = (bytes: Uint8Array, at: number) =>
  (bytes[at] * 19595 + bytes[at + 1] * 38470 + bytes[at + 2] * 7471 + 0x8000) >> 16;

const contrast: Change = ({ bytes, channels }, [factor]) => {
  let sum = 0;
  const step = channels === 3 ? 3 : 1;
  for (let at = 0; at < bytes.length; at += step) {
    sum += channels === 3 ? lumaAt(bytes, at) : bytes[at];
  }
  const mean = Math.floor(sum / (bytes.length / step) + 0.5);
  return bytes.map((byte) => blend(mean, byte, factor));
};

const colour: Change = ({ bytes, channels }, [factor]) => {
  if (channels !== 3) return bytes;
  return bytes.map((byte, at) => blend(lumaAt(bytes, at - (at % 3)), byte, factor));
};

const sharpness: Change = ({ bytes, height, width, channels }, [factor]) => {
  const made = bytes.slice();
  const line = width * channels;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * line + channels; at < (y + 1) * line - channels; at++) {
      let sum = 4 * bytes[at];
      for (const row of [at - line, at, at + line]) {
        sum += bytes[row - channels] + bytes[row] + bytes[row + channels];
      }
      made[at] = blend(Math.floor((2 * sum + 13) / 26), bytes[at], factor);
    }
  }
  return made;
};

const cutout: Change = ({ bytes, width, channels }, [left, top, right, bottom, byte]) =>
  bytes.map((own, at) => {
    const pixel = Math.floor(at / channels);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return x >= left && x < right && y >= top && y < bottom ? clamp(byte) : own;
  });

const changes: Readonly<Record<Exclude<PixelOperation, "layer">, Change>> = {
  ...{ affine, autoContrast, equalise },
  invert: each(() => (byte) => 255 - byte),
  solarise: each(
    ([threshold]) =>
      (byte) =>
        byte < threshold ? byte : 255 - byte,
  ),
  posterise: each(([bits]) => {
    const mask = 0xff & (0xff << (8 - Math.min(clamp(bits), 8)));
    return (byte) => byte & mask;
  }),
  ...{ contrast, colour },
  brightness: each(
    ([factor]) =>
      (byte) =>
        blend(0, byte, factor),
  ),
  ...{ sharpness, cutout },
};

/** Does the operations, of `OPERATION_FIELDS` numbers each, on an image. */
export function changed(stored: Pixels, operations: Float64Array): Pixels {
  let bytes = stored.bytes;
  let layers: Float32Array | undefined;
  for (let at = 0; at < operations.length; at += OPERATION_FIELDS) {
    const name = pixelOperationNames[operations[at + 1]];
    const args = operations.subarray(at + 2, at + 2 + OPERATION_ARGUMENTS);
    if (name !== "layer") {
      bytes = changes[name]({ ...stored, bytes }, args);
      continue;
    }
    const sums = (layers ??= new Float32Array(bytes.length));
    const share = Math.fround(args[0]);
    for (const [place, byte] of bytes.entries()) sums[place] += Math.fround(share * byte);
    bytes = stored.bytes;
  }
  return { ...stored, bytes: layers ? Uint8Array.from(layers, (sum) => clamp(sum + 0.5)) : bytes };
}
