// Image files (JPEG, PNG, WebP, ...) as bytes. Decoding is done by sharp, an optional dependency that is loaded only
// when there is something to decode; it works in threads of its own.

import { open } from "node:fs/promises";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { READ_AT_ONCE } from "../files/read.js";
import { InputError } from "../inputError.js";
import { usableCores } from "../machine.js";
import type { Image, Size } from "./images.js";
import { channelRule } from "./pixels/channels.js";
import { bytesOf16, bytesOfFloats, type Range16 } from "./pixels/depth.js";

/** A file by its path, or its content. */
export type ImageSource = string | Uint8Array;

/** Settings of {@link decodeImage}. */
export interface DecodeOptions {
  /** 1 grey, 3 colour, 4 colour and opacity; default 3. */
  readonly channels?: number;
  /** Images whose shorter side is longer are made smaller, so that it has this many pixels; default as they are. */
  readonly side?: number;
  /** How images of 16 bits become bytes; default the whole range. */
  readonly range?: Range16;
}

type OpenImage = (bytes: Uint8Array, options: SharpOptions) => Sharp;

const WHITE = "#ffffff";

/** Images that are decoded side by side. */
const CONCURRENCY = usableCores();

async function loadSharp(): Promise<OpenImage> {
  try {
    const { default: sharp } = await import("sharp");
    sharp.concurrency(1); // Files are decoded side by side already.
    return sharp;
  } catch (error) {
    throw new InputError(
      `image files are decoded by the package sharp, which does not load ` +
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
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  const format = undecoded.find(([ending]) => typeof source === "string" && ending.test(source));
  return format ? `${format[1]}; convert it to JPEG or PNG` : firstLine(error);
}

const firstLine = (error: unknown): string => (error as Error).message.trim().split("\n")[0];

/** How the numbers of a kind of file are asked for and become bytes. */
interface Depth {
  readonly raw: "uchar" | "ushort" | "float";
  readonly grey: "b-w" | "grey16";
  readonly colour: "srgb" | "rgb16";
  toBytes(data: Buffer, meta: Metadata, range?: Range16): Uint8Array;
}

/** The buffer's memory, from a place where wider numbers may begin. */
const aligned = (data: Buffer): ArrayBuffer => new Uint8Array(data).buffer;

const eight: Depth = {
  raw: "uchar",
  grey: "b-w",
  colour: "srgb",
  toBytes: (data) => data,
};

/** By the names that sharp gives to kinds of numbers. */
const depths: Readonly<Record<string, Depth>> = {
  uchar: eight,
  ushort: {
    raw: "ushort",
    grey: "grey16",
    colour: "rgb16",
    // Percentiles of opacity would mean nothing.
    toBytes: (data, { hasAlpha }, range) =>
      bytesOf16(new Uint16Array(aligned(data)), hasAlpha ? "full" : range),
  },
  float: {
    raw: "float",
    grey: "b-w",
    colour: "srgb",
    toBytes: (data) => bytesOfFloats(new Float32Array(aligned(data))),
  },
};

/** A decoded image, and how large its file has it. */
export interface DecodedImage extends Image {
  readonly original: Size;
}

async function decode(
  openImage: OpenImage,
  source: ImageSource,
  { channels = 3, side, range }: DecodeOptions,
): Promise<DecodedImage> {
  const file = typeof source === "string" ? await contentOf(source) : source;
  if (file.length === 0) throw new Error("the file is empty (0 bytes)");
  const image = openImage(file, { failOn: "error", autoOrient: true });
  const meta = await image.metadata();
  const depth = depths[meta.depth ?? ""] ?? eight;
  const wantsAlpha = channels === 2 || channels === 4;
  const box = { width: side, height: side, fit: "outside", withoutEnlargement: true } as const;
  if (side !== undefined) image.resize(box);
  // Bands without a meaning stay as they are.
  if ((meta.channels ?? 3) <= 4) {
    if (depth === eight && meta.hasAlpha && !wantsAlpha) image.flatten({ background: WHITE });
    const grey = /^(b-w|grey16)$/.test(meta.space ?? "") && channels < 3;
    image.toColourspace(grey ? depth.grey : depth.colour);
  }
  const { data, info } = await image
    .raw({ depth: depth.raw })
    .toBuffer({ resolveWithObject: true });
  const rule = channelRule(info.channels, channels);
  if (!rule) throw new Error(`it has ${info.channels} channels; expected ${channels}`);
  const bytes = rule(depth.toBytes(data, meta, range));
  const { height, width } = meta.autoOrient;
  return {
    ...{ height: info.height, width: info.width, channels, data: bytes },
    original: { height, width },
  };
}

/**
 * Decodes an image from a file or from its content, such as an upload: turned as the camera says, opacity that is not
 * wanted laid on white, grey as equal channels, colour as grey by its luma, numbers of 16 bits and fractions as bytes.
 *
 * @returns u8 [height, width, channels] and its size
 * @throws InputError for what is no image that sharp can decode.
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
    return (await openImage(file, {}).metadata()).autoOrient;
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

/** Decodes many images side by side and yields what became of each, in their order; a few are held at a time. */
export async function* decodeInOrder(
  sources: readonly ImageSource[],
  options: DecodeOptions = {},
): AsyncGenerator<Decoded> {
  const openImage = await loadSharp();
  const start = (source: ImageSource): Promise<Decoded> =>
    decode(openImage, source, options).then(
      (image) => ({ image }),
      (error) => ({ reason: reasonOf(source, error) }),
    );
  const ahead = sources.slice(0, 2 * CONCURRENCY).map(start);
  for (let next = ahead.length; ahead.length > 0; next++) {
    const done = await ahead.shift()!;
    if (next < sources.length) ahead.push(start(sources[next]));
    yield done;
  }
}
