// Images from arrays: bytes, whole numbers or fractions; channels last or first.

import { InputError } from "../../inputError.js";
import { type HostTensor, widened } from "../../tensor/host.js";
import type { Npz } from "../../tensor/npz.js";
import { formatShape, type Shape, sizeOf } from "../../tensor/shape.js";
import { counted } from "../../text/format.js";
import { type Images, imagesOf } from "../images.js";
import { bytesOf16, Histogram } from "../pixels/depth.js";
import { formatLimits, parseLimits } from "../pixels/range.js";
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
  const { channelsFirst, channels, length } = layout;
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
  const tensor = widened(archive.read(name));
  const { range = "full" } = options;
  if (range === "full") {
    const bytes = toBytes(tensor, source);
    return { ...layout, images: imagesOf(channelsLast(bytes, layout), layout) };
  }
  expectLimits(range, channels, source, options);
  const numbers = channelsLast(wideNumbers(tensor, type, range, source), layout);
  const bytes = new Uint8Array(numbers.length);
  const each = numbers.length / length;
  // One by one, since percentiles are those of an image.
  for (let at = 0; at < numbers.length; at += each) {
    bytes.set(bytesOf16(numbers.subarray(at, at + each), channels, range), at);
  }
  return { ...layout, images: imagesOf(bytes, layout) };
}

/** Refuses limits of another number of bands than there are channels. */
function expectLimits(range: string, channels: number, source: string, { known }: ReadOptions) {
  const bands = parseLimits(range)?.length ?? 1;
  if (bands === 1 || bands === channels) return;
  const whose = known ? "the run's limits (setting range)" : "the limits of setting range";
  throw new InputError(
    `${source} has images of ${counted(channels, "channel")}; ${whose} are of ${bands} bands: ${range}`,
  );
}

/** Numbers of 16 bits, which a range is for. */
function wideNumbers(
  { data, shape }: HostTensor,
  type: string,
  range: string,
  source: string,
): Uint16Array {
  if (!/[ui]2$/.test(type)) {
    throw new InputError(
      `${source} has numbers of type ${type}; setting range is ${range}, which is for numbers of 16 bits: leave it out`,
    );
  }
  const wrong = data.findIndex((value) => value < 0);
  if (wrong < 0) return Uint16Array.from(data);
  throw new InputError(
    `${source}: record ${Math.floor(wrong / (data.length / shape[0]))} (element ${wrong}) is ${data[wrong]}; ` +
      "expected numbers from 0 to 65535",
  );
}

/**
 * Percentiles of the channels of an array of images, as a setting.
 *
 * @param counts whether an image counts; default all
 */
export function arrayLimits(
  archive: Npz,
  name: string,
  path: string,
  counts: (image: number) => boolean = () => true,
): string {
  const source = `${path}: ${name}`;
  const { type, shape } = archive.describe(name);
  const layout = layoutOf(shape, source);
  const numbers = channelsLast(
    wideNumbers(widened(archive.read(name)), type, "train", source),
    layout,
  );
  const each = numbers.length / layout.length;
  const all = new Histogram();
  for (let image = 0; image < layout.length; image++) {
    if (counts(image)) all.add(numbers.subarray(image * each, (image + 1) * each), layout.channels);
  }
  return formatLimits(all.limits());
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
          "expected bytes 0 to 255 or fractions 0 to 1; say how numbers of 16 bits become bytes by --range, as --range train",
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

/** Numbers whose channels lie behind each other in each pixel. */
function channelsLast<T extends Uint8Array | Uint16Array>(
  from: T,
  { length, channels, height, width, channelsFirst }: Layout,
): T {
  if (!channelsFirst) return from;
  const pixels = height * width;
  const to = new (from.constructor as new (length: number) => T)(from.length);
  for (let n = 0; n < length; n++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        to[(n * pixels + pixel) * channels + channel] =
          from[(n * channels + channel) * pixels + pixel];
      }
    }
  }
  return to;
}
