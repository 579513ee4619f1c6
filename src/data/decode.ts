// Image files (JPEG, PNG, WebP, ...) as bytes. Decoding is done by sharp, an optional dependency that is loaded only
// when there is something to decode; it works in threads of its own.

import { open } from "node:fs/promises";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { READ_AT_ONCE } from "../files/read.js";
import { InputError } from "../inputError.js";
import { usableCores } from "../machine.js";
import { counted } from "../text/format.js";
import type { Image, Size } from "./images.js";
import { type BandFile, type Bands, openBands } from "./pixels/bands.js";
import { channelRule } from "./pixels/channels.js";
import { bytesOf16, bytesOfFloats, Histogram, spanOf } from "./pixels/depth.js";
import type { Limits, Span } from "./pixels/range.js";
import { smallPng } from "./pixels/smallPng.js";

/** A file by its path, or its content. */
export type ImageSource = string | Uint8Array;

/** Settings of {@link decodeImage}. */
export interface DecodeOptions {
  /** 1 grey, 3 colour, 4 colour and opacity, or as many as a TIFF file has bands; default 3. */
  readonly channels?: number;
  /** Images whose shorter side is longer are made smaller, so that it has this many pixels; default as they are. */
  readonly side?: number;
  /** How images of 16 bits become bytes: `full`, `percentile`, or limits as `120-3050`; default the whole range. */
  readonly range?: string;
  /** Most pixels of a file; larger ones are refused before they are decoded. Default 268,402,689, those of sharp. */
  readonly pixels?: number;
}

type OpenImage = (bytes: Bands["data"], options: SharpOptions) => Sharp;

const WHITE = "#ffffff";

/** Images that are decoded side by side. */
const CONCURRENCY = usableCores();

/**
 * The package that reads and writes image files.
 *
 * @throws InputError where it does not load.
 */
export async function loadSharp(): Promise<OpenImage> {
  try {
    const { default: sharp } = await import("sharp");
    sharp.concurrency(1); // Files are decoded side by side already.
    return sharp;
  } catch (error) {
    throw new InputError(
      `image files are read and written by the package sharp, which does not load ` +
        `(${firstLine(error)}); type: npm install sharp`,
    );
  }
}

/** The bytes of a file. */
async function contentOf(path: string): Promise<Buffer> {
  const file = await open(path, READ_AT_ONCE);
  try {
    const found = await file.stat();
    if (found.isFile() || found.isDirectory()) return await file.readFile();
    throw new Error("it is no file");
  } finally {
    await file.close();
  }
}

/** Formats that sharp's usual build does not decode, by the endings of their files. */
const undecoded: readonly (readonly [RegExp, string])[] = [
  [/\.hei[cf]$/i, "HEIC (HEVC) is not read"],
  [/\.dcm$/i, "DICOM is not read"],
  [/\.(dng|cr2|cr3|nef|arw|raf|orf|rw2)$/i, "camera raw is not read"],
];

/** Why a source cannot be used, and what to do about its format. */
function reasonOf(source: ImageSource, error: unknown): string {
  const { code } = Object(error) as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  const format = undecoded.find(([ending]) => typeof source === "string" && ending.test(source));
  return format ? `${format[1]}; convert it to JPEG or PNG` : firstLine(error);
}

/** What was thrown, in a line; geotiff's decoders throw texts. */
const firstLine = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message : String(thrown)).trim().split("\n")[0];

/** How the numbers of a kind of file are asked for, and as what they come. */
interface Depth {
  readonly raw: "uchar" | "ushort" | "float";
  readonly grey: "b-w" | "grey16";
  readonly colour: "srgb" | "rgb16";
  toNumbers(data: Buffer): Numbers["data"];
}

/** The buffer's memory, from a place where wider numbers may begin. */
const aligned = (data: Buffer): ArrayBuffer => new Uint8Array(data).buffer;

const eight: Depth = {
  raw: "uchar",
  grey: "b-w",
  colour: "srgb",
  toNumbers: (data) => data,
};

/** By the names that sharp gives to kinds of numbers. */
const depths: Readonly<Record<string, Depth>> = {
  uchar: eight,
  ushort: {
    raw: "ushort",
    grey: "grey16",
    colour: "rgb16",
    toNumbers: (data) => new Uint16Array(aligned(data)),
  },
  float: {
    raw: "float",
    grey: "b-w",
    colour: "srgb",
    toNumbers: (data) => new Float32Array(aligned(data)),
  },
};

/** The numbers of an image, as wide as its file has them. */
interface Numbers extends Size {
  readonly channels: number;
  /** [height, width, channels] */
  readonly data: Uint8Array | Uint16Array | Float32Array;
  /** Whether the last channel is opacity. */
  readonly alpha: boolean;
  /** How large the file has it. */
  readonly original: Size;
}

/** A decoded image, and how large its file has it. */
export interface DecodedImage extends Image {
  readonly original: Size;
  /** Percentiles 1 and 99 of its numbers, where 16 bits without opacity became bytes by the whole range. */
  readonly span?: Span;
}

/** Where images are made smaller: how, for sharp. */
const boxOf = (side: number) =>
  ({ width: side, height: side, fit: "outside", withoutEnlargement: true }) as const;

/** Bands one by one, since four of them would be taken for colours with opacity. */
async function smallerBands(openImage: OpenImage, bands: Bands, side: number): Promise<Bands> {
  const { height, width, channels, data } = bands;
  if (Math.min(height, width) <= side) return bands;
  const { raw, grey, toNumbers } = data instanceof Uint8Array ? eight : depths["ushort"];
  const room = (length: number): Bands["data"] =>
    new (data.constructor as Uint8ArrayConstructor)(length);
  let made: Bands | undefined;
  for (let channel = 0; channel < channels; channel++) {
    const plane = room(height * width);
    for (let at = 0; at < plane.length; at++) plane[at] = data[at * channels + channel];
    const { data: smaller, info } = await openImage(plane, { raw: { height, width, channels: 1 } })
      .resize(boxOf(side))
      .toColourspace(grey)
      .raw({ depth: raw })
      .toBuffer({ resolveWithObject: true });
    const numbers = toNumbers(smaller);
    made ??= {
      height: info.height,
      width: info.width,
      channels,
      data: room(numbers.length * channels),
    };
    for (let at = 0; at < numbers.length; at++) made.data[at * channels + channel] = numbers[at];
  }
  return made!;
}

/** The numbers of an image that sharp decodes. */
async function numbersOfImage(
  image: Sharp,
  meta: Metadata,
  { channels = 3, side }: DecodeOptions,
): Promise<Numbers> {
  const depth = depths[meta.depth ?? ""] ?? eight;
  const wantsAlpha = channels === 2 || channels === 4;
  if (side !== undefined) image.resize(boxOf(side));
  // Bands without a meaning stay as they are.
  if ((meta.channels ?? 3) <= 4) {
    if (depth === eight && meta.hasAlpha && !wantsAlpha) image.flatten({ background: WHITE });
    const grey = /^(b-w|grey16)$/.test(meta.space ?? "") && channels < 3;
    image.toColourspace(grey ? depth.grey : depth.colour);
  }
  const { data, info } = await image
    .raw({ depth: depth.raw })
    .toBuffer({ resolveWithObject: true });
  const { height, width } = meta.autoOrient;
  return {
    ...{ height: info.height, width: info.width, channels: info.channels },
    data: depth.toNumbers(data),
    alpha: meta.hasAlpha ?? false,
    original: { height, width },
  };
}

function expectPixels({ height, width }: Size, pixels = Number.POSITIVE_INFINITY): void {
  if (height * width <= pixels) return;
  throw new Error(`it has ${height}x${width} pixels; expected at most ${pixels} in all`);
}

/** The numbers of any image. */
async function numbersOf(
  openImage: OpenImage,
  source: ImageSource,
  options: DecodeOptions,
): Promise<Numbers> {
  const file = typeof source === "string" ? await contentOf(source) : source;
  if (file.length === 0) throw new Error("the file is empty (0 bytes)");
  const { pixels, side = Number.POSITIVE_INFINITY } = options;
  const small = smallPng(file);
  if (small && Math.min(small.height, small.width) <= side) {
    const { height, width } = small;
    expectPixels(small, pixels);
    return { ...small, alpha: false, original: { height, width } };
  }
  const bands = await openBands(file);
  if (bands) {
    expectPixels(bands.size, pixels);
    return numbersOfBands(openImage, bands, options);
  }
  const limit = pixels !== undefined && { limitInputPixels: pixels };
  const image = openImage(file, { failOn: "error", autoOrient: true, ...limit });
  return numbersOfImage(image, await image.metadata(), options);
}

async function numbersOfBands(
  openImage: OpenImage,
  file: BandFile,
  { channels = 3, side = Number.POSITIVE_INFINITY }: DecodeOptions,
): Promise<Numbers> {
  if (!file.colours && file.channels !== channels) {
    throw new Error(
      `it has ${counted(file.channels, "band")}; expected ${channels} (setting channels)`,
    );
  }
  const made = await smallerBands(openImage, await file.read(), side);
  return { ...made, alpha: false, original: file.size };
}

function bytesOf({ data, channels, alpha }: Numbers, range: string | undefined): Uint8Array {
  if (data instanceof Float32Array) return bytesOfFloats(data);
  // Percentiles of opacity would mean nothing.
  if (data instanceof Uint16Array) return bytesOf16(data, channels, alpha ? "full" : range);
  return data;
}

const wholeSpan = ({ data, alpha }: Numbers, range = "full"): Span | undefined =>
  data instanceof Uint16Array && !alpha && range === "full" ? spanOf(data) : undefined;

async function decode(
  openImage: OpenImage,
  source: ImageSource,
  options: DecodeOptions,
): Promise<DecodedImage> {
  const numbers = await numbersOf(openImage, source, options);
  const { height, width, original } = numbers;
  const { channels = 3, range } = options;
  const rule = channelRule(numbers.channels, channels);
  if (!rule) throw new Error(`it has ${numbers.channels} channels; expected ${channels}`);
  const span = wholeSpan(numbers, range);
  return {
    ...{ height, width, channels, original },
    data: rule(bytesOf(numbers, range)),
    ...(span && { span }),
  };
}

/**
 * Decodes an image from a file or from its content, such as an upload: turned as the camera says, opacity that is not
 * wanted laid on white, grey as equal channels, colour as grey by its luma, numbers of 16 bits and fractions as bytes.
 * The bands of a TIFF file stay as they are.
 *
 * @returns u8 [height, width, channels] and its size
 * @throws InputError for what is no image that sharp can decode, and for bands of another number than `channels`.
 * @example
 * const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgBwAACQAIICPDjAAAAABJRU5ErkJggg==";
 * const { height, width, data } = await decodeImage(Buffer.from(pixel, "base64"));
 * [height, width, [...data]]; // [1, 1, [7, 7, 7]]
 */
export async function decodeImage(
  source: ImageSource,
  options: DecodeOptions = {},
): Promise<DecodedImage> {
  const openImage = await loadSharp();
  return decode(openImage, source, options).catch((error) => {
    throw new InputError(
      `${typeof source === "string" ? source : "the image"}: ${reasonOf(source, error)}`,
    );
  });
}

/**
 * Height and width of an image, turned as the camera says, without its pixels.
 *
 * @throws InputError as {@link decodeImage} does.
 */
export async function imageSize(source: ImageSource): Promise<Size> {
  const openImage = await loadSharp();
  try {
    const file = typeof source === "string" ? await contentOf(source) : source;
    const bands = await openBands(file);
    return bands?.size ?? (await openImage(file, {}).metadata()).autoOrient;
  } catch (error) {
    throw new InputError(
      `${typeof source === "string" ? source : "the image"}: ${reasonOf(source, error)}`,
    );
  }
}

/** What became of one of many images: its bytes, or why there are none. */
export type Decoded =
  | { readonly image: DecodedImage; readonly reason?: undefined }
  | { readonly image?: undefined; readonly reason: string };

/** Works on many sources side by side and yields what came of each, in their order; a few are held at a time. */
async function* inOrder<T>(
  sources: readonly ImageSource[],
  work: (source: ImageSource) => Promise<T>,
): AsyncGenerator<T> {
  const ahead = sources.slice(0, 2 * CONCURRENCY).map(work);
  for (let next = ahead.length; ahead.length > 0; next++) {
    const done = await ahead.shift()!;
    if (next < sources.length) ahead.push(work(sources[next]));
    yield done;
  }
}

/** Decodes many images side by side and yields what became of each, in their order; a few are held at a time. */
export async function* decodeInOrder(
  sources: readonly ImageSource[],
  options: DecodeOptions = {},
): AsyncGenerator<Decoded> {
  const openImage = await loadSharp();
  yield* inOrder(sources, (source) =>
    decode(openImage, source, options).then(
      (image): Decoded => ({ image }),
      (error) => ({ reason: reasonOf(source, error) }),
    ),
  );
}

/**
 * Percentiles 1 and 99 of each channel over all images of 16 bits without opacity; `undefined` where there are none. What
 * cannot be decoded does not count.
 */
export async function limitsOfFiles(
  sources: readonly ImageSource[],
  options: DecodeOptions,
): Promise<Limits | undefined> {
  const openImage = await loadSharp();
  const all = new Histogram();
  let found = 0;
  const numbers = inOrder(sources, (source) =>
    numbersOf(openImage, source, options).catch(() => undefined),
  );
  for await (const one of numbers) {
    if (!(one?.data instanceof Uint16Array) || one.alpha) continue;
    all.add(one.data, one.channels);
    found++;
  }
  return found === 0 ? undefined : all.limits();
}

/** Whether any image has 16 bits without opacity, which a range is for. What cannot be opened does not count. */
export async function anyWide(sources: readonly ImageSource[]): Promise<boolean> {
  const openImage = await loadSharp();
  const isWide = async (source: ImageSource) => {
    const file = typeof source === "string" ? await contentOf(source) : source;
    const bands = await openBands(file);
    if (bands) return bands.wide;
    const { depth, hasAlpha } = await openImage(file, {}).metadata();
    return depth === "ushort" && !hasAlpha;
  };
  const found = inOrder(sources, (source) => isWide(source).catch(() => false));
  for await (const wide of found) if (wide) return true;
  return false;
}
