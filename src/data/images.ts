// Stored images: bytes in memory or in a file, each image with a place and a size of its own.

import type { ByteFile } from "../engine/engine.js";
import { InputError } from "../inputError.js";

/** Height and width in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Images as they are stored: u8 [height, width, channels] each. */
export interface Images {
  /** In memory, or in a file that an engine reads where it lies. */
  readonly bytes: Uint8Array | ByteFile;
  /** First byte of each [length]. */
  readonly offsets: Float64Array;
  /** Height and width of each [length, 2]. */
  readonly sizes: Int32Array;
}

/**
 * Images of one size that lie behind each other.
 *
 * @param bytes u8 [length, height, width, channels]
 * @param run where they begin and how many they are; default all bytes
 * @throws InputError for part of an image.
 * @example
 * const images = imagesOf(new Uint8Array(2 * 28 * 28), { height: 28, width: 28, channels: 1 });
 * [...images.offsets]; // [0, 784]
 */
export function imagesOf(
  bytes: Uint8Array | ByteFile,
  { height, width, channels }: Size & { readonly channels: number },
  run: { readonly first?: number; readonly length?: number } = {},
): Images {
  const size = height * width * channels;
  const total = bytes instanceof Uint8Array ? bytes.length : bytes.bytes;
  const { first = 0, length = (total - first) / size } = run;
  if (!Number.isInteger(length)) {
    throw new InputError(
      `${total} bytes are no whole number of images of ${height}x${width}x${channels} (${size} bytes each)`,
    );
  }
  return {
    bytes,
    offsets: Float64Array.from({ length }, (_, at) => first + at * size),
    sizes: Int32Array.from({ length: 2 * length }, (_, at) => (at % 2 === 0 ? height : width)),
  };
}

/** An image with its bytes, u8 [height, width, channels]. */
export interface Image extends Size {
  readonly channels: number;
  readonly data: Uint8Array;
}

/**
 * Images of sizes of their own, in new memory.
 *
 * @example
 * const one = { height: 1, width: 2, channels: 1, data: Uint8Array.of(7, 8) };
 * const other = { height: 1, width: 1, channels: 1, data: Uint8Array.of(9) };
 * const { bytes, sizes } = joinImages([one, other]);
 * [bytes, [...sizes]]; // [Uint8Array.of(7, 8, 9), [1, 2, 1, 1]]
 */
export function joinImages(images: readonly Image[]): Images {
  const offsets = new Float64Array(images.length);
  const sizes = new Int32Array(2 * images.length);
  let end = 0;
  for (const [at, { height, width, data }] of images.entries()) {
    offsets[at] = end;
    sizes.set([height, width], 2 * at);
    end += data.length;
  }
  const bytes = new Uint8Array(end);
  for (const [at, { data }] of images.entries()) bytes.set(data, offsets[at]);
  return { bytes, offsets, sizes };
}

export const sizeAt = ({ sizes }: Images, at: number): Size => ({
  height: sizes[2 * at],
  width: sizes[2 * at + 1],
});

/** The size that all images have; `undefined` where they differ, or there are none. */
export function commonSize({ sizes }: Images): Size | undefined {
  const [height, width] = sizes;
  for (let at = 0; at < sizes.length; at += 2) {
    if (sizes[at] !== height || sizes[at + 1] !== width) return undefined;
  }
  return sizes.length > 0 ? { height, width } : undefined;
}

/** The smallest height and width that any image has. */
export function smallestSize({ sizes }: Images): Size {
  let [height, width] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let at = 0; at < sizes.length; at += 2) {
    height = Math.min(height, sizes[at]);
    width = Math.min(width, sizes[at + 1]);
  }
  return { height, width };
}

/** Sizes in words: `28x28`, or `300x400 to 600x600` of the smallest and largest sides. */
export function sizesInWords(images: Images): string {
  const common = commonSize(images);
  if (common) return `${common.height}x${common.width}`;
  const least = smallestSize(images);
  let [height, width] = [0, 0];
  for (let at = 0; at < images.sizes.length; at += 2) {
    height = Math.max(height, images.sizes[at]);
    width = Math.max(width, images.sizes[at + 1]);
  }
  return `${least.height}x${least.width} to ${height}x${width}`;
}

/** The images at the given indices, in that order; bytes are shared. */
export function takeImages({ bytes, offsets, sizes }: Images, indices: ArrayLike<number>): Images {
  const length = indices.length;
  const taken = { offsets: new Float64Array(length), sizes: new Int32Array(2 * length) };
  for (let at = 0; at < length; at++) {
    taken.offsets[at] = offsets[indices[at]];
    taken.sizes[2 * at] = sizes[2 * indices[at]];
    taken.sizes[2 * at + 1] = sizes[2 * indices[at] + 1];
  }
  return { bytes, ...taken };
}

/**
 * The images of `a` and behind them those of `b`; bytes are shared where both lie in the same ones.
 *
 * @throws InputError for images in different files.
 */
export function joinedImages(a: Images, b: Images): Images {
  const sizes = new Int32Array(a.sizes.length + b.sizes.length);
  sizes.set(a.sizes);
  sizes.set(b.sizes, a.sizes.length);
  const place = (bytes: Images["bytes"], shift: number): Images => {
    const offsets = new Float64Array(a.offsets.length + b.offsets.length);
    offsets.set(a.offsets);
    for (const [at, offset] of b.offsets.entries()) offsets[a.offsets.length + at] = offset + shift;
    return { bytes, offsets, sizes };
  };
  if (a.bytes === b.bytes) return place(a.bytes, 0);
  if (!(a.bytes instanceof Uint8Array && b.bytes instanceof Uint8Array)) {
    throw new InputError("images in different files cannot be joined; give one part of them alone");
  }
  const bytes = new Uint8Array(a.bytes.length + b.bytes.length);
  bytes.set(a.bytes);
  bytes.set(b.bytes, a.bytes.length);
  return place(bytes, a.bytes.length);
}

/** Reads images one by one, wherever they lie; `close` when done. */
export interface ImageReader {
  /** The bytes of an image; only good until the next call. */
  read(at: number): Uint8Array;
  close(): void;
}

/** Opens images for reading on the host. */
export function readerOf({ bytes, offsets, sizes }: Images, channels: number): ImageReader {
  const lengthOf = (at: number) => sizes[2 * at] * sizes[2 * at + 1] * channels;
  if (bytes instanceof Uint8Array) {
    const read = (at: number) => bytes.subarray(offsets[at], offsets[at] + lengthOf(at));
    return { read, close: () => undefined };
  }
  // A file can only be there where Node's modules are.
  const { openSync, readSync, closeSync } = process.getBuiltinModule("node:fs");
  const file = openSync(bytes.path, "r");
  return {
    read(at) {
      const image = new Uint8Array(lengthOf(at));
      readSync(file, image, 0, image.length, offsets[at]);
      return image;
    },
    close: () => closeSync(file),
  };
}
