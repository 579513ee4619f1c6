// Images from arrays: bytes, whole numbers or fractions; channels last or first.

import { InputError } from "../../inputError.js";
import { type HostTensor, widened } from "../../tensor/host.js";
import type { Npz } from "../../tensor/npz.js";
import { formatShape, type Shape, sizeOf } from "../../tensor/shape.js";
import { type Images, imagesOf } from "../images.js";
import { memoryFor, type ReadOptions, requireMemory } from "./reader.js";

/** More channels than this are no channels. */
const MOST_CHANNELS = 16;

/** What an array of images is. */
interface Layout {
  readonly length: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Whether the channels stand before the pixels. */
  readonly channelsFirst: boolean;
}

/** Images of one size. */
export interface StoredImages extends Layout {
  readonly images: Images;
}

/** [n, h, w], [n, h, w, c] or [n, c, h, w]. Throws an {@link InputError} for another shape, volumes among them. */
function layoutOf(shape: Shape, source: string): Layout {
  const first = shape.length === 4 && shape[3] > 4 && shape[1] >= 1 && shape[1] <= 4;
  const [length, height, width, channels = 1] = first
    ? [shape[0], shape[2], shape[3], shape[1]]
    : shape;
  if (shape.length < 3 || shape.length > 4 || sizeOf(shape) === 0) {
    throw new InputError(
      `${source} has shape ${formatShape(shape)}; expected [n, height, width] or ` +
        "[n, height, width, channels], with images in it",
    );
  }
  if (channels > MOST_CHANNELS) {
    throw new InputError(
      `${source} has shape ${formatShape(shape)}, which are volumes or ${channels} channels; expected images of ` +
        `${MOST_CHANNELS} channels at most: take slices of the volumes`,
    );
  }
  return { length, height, width, channels, channelsFirst: first };
}

/**
 * Images from an array as bytes, channels last. Bytes that would not fit into memory are left where they lie, if they
 * lie there as they are needed.
 *
 * @throws InputError for another shape, for numbers that are no bytes and no fractions, and for what does not fit into
 * memory and must be read.
 */
export function readImageArray(
  archive: Npz,
  name: string,
  path: string,
  options: ReadOptions,
): StoredImages {
  const source = `${path}: ${name}`;
  const { type, shape, first } = archive.describe(name);
  const layout = layoutOf(shape, source);
  const { channelsFirst, channels, length, height, width } = layout;
  // As NumPy writes types: `<f4` has four bytes.
  const stored = sizeOf(shape) * Number(type.slice(2));
  if (first !== undefined && !channelsFirst && stored > memoryFor(options)) {
    const bytes = { path, bytes: archive.length };
    return { ...layout, images: imagesOf(bytes, layout, { first, length }) };
  }
  requireMemory(
    source,
    stored,
    options,
    "save it as bytes (uint8), channels last and without compression: then it is read where it lies",
  );
  const bytes = toBytes(widened(archive.read(name)), source);
  const own = channelsFirst ? channelsLast(bytes, length, channels, height * width) : bytes;
  return { ...layout, images: imagesOf(own, layout) };
}

/** Bytes as they are; whole numbers up to 255 alike; fractions from 0 to 1 times 255. */
function toBytes({ data, shape }: HostTensor, source: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  let largest = 0;
  let fractions = false;
  const stride = data.length / shape[0];
  for (let at = 0; at < data.length; at++) {
    const value = data[at];
    if (!(value >= 0 && value <= 255)) {
      throw new InputError(
        `${source}: record ${Math.floor(at / stride)} (element ${at}) is ${value}; ` +
          "expected bytes 0 to 255 or fractions 0 to 1",
      );
    }
    largest = Math.max(largest, value);
    fractions ||= !Number.isInteger(value);
  }
  if (fractions && largest > 1) {
    throw new InputError(
      `${source} has fractions and numbers up to ${largest}; expected bytes 0 to 255 or fractions 0 to 1`,
    );
  }
  const factor = data instanceof Float32Array && largest <= 1 ? 255 : 1;
  return Uint8Array.from(data, (value) => Math.round(value * factor));
}

function channelsLast(from: Uint8Array, count: number, channels: number, pixels: number) {
  const to = new Uint8Array(from.length);
  for (let n = 0; n < count; n++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        to[(n * pixels + pixel) * channels + channel] =
          from[(n * channels + channel) * pixels + pixel];
      }
    }
  }
  return to;
}
