// Image files (JPEG, PNG, WebP, ...) as one block of bytes. Decoding is done by sharp, an optional
// dependency that is loaded only when there is something to decode.

import { readFile } from "node:fs/promises";
import type { Sharp, SharpOptions } from "sharp";
import { InputError } from "../../inputError.js";
import { type Dataset, type Splits, subset } from "../dataset.js";
import type { Labels } from "../labels.js";
import { concurrency, type ReadOptions, requireMemory, type WrongFile } from "./reader.js";

const CHANNELS = 3;
const DEFAULT_SIZE = 64;
/** How many wrong files a message names. */
const NAMED = 10;

/** Images on disk and what is known of each. */
export interface ImageFiles {
  readonly paths: readonly string[];
  readonly labels: Labels;
  /** What each image belongs to; see {@link Dataset}. */
  readonly groups?: Int32Array;
}

/** Size to which an image is brought; 1 channel is grey, 3 are red, green and blue. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The parts of a set of image files. */
export interface ImageParts {
  readonly name: string;
  readonly train: ImageFiles;
  readonly selection?: ImageFiles;
  readonly test?: ImageFiles;
  readonly notes?: readonly string[];
}

/** Formats that sharp's usual build does not decode, by the endings of their files. */
const undecoded: readonly (readonly [RegExp, string])[] = [
  [/\.hei[cf]$/i, "HEIC (HEVC) is not read"],
  [/\.dcm$/i, "DICOM is not read"],
  [/\.(dng|cr2|cr3|nef|arw|raf|orf|rw2)$/i, "camera raw is not read"],
];

/** Whether a file is meant to be an image; those that sharp cannot read are then named as wrong. */
export function isImage(file: string): boolean {
  const hidden = /(^|[\\/])\./.test(file);
  return (
    !hidden &&
    /\.(jpe?g|jpe|jfif|jfi|jp2|j2k|png|apng|webp|gif|tiff?|avif|hei[cf]|bmp|dib|jxl|p[bgpn]m|dcm|dng|cr2|cr3|nef|arw|raf|orf|rw2)$/i.test(
      file,
    )
  );
}

/**
 * Decodes all images of all parts to `size` x `size` RGB: scaled to cover the square and cut to it
 * round the centre, turned as the camera says, grey as three equal channels. Unusable files, to which
 * those in `wrong` are added, are refused together or, with `options.wrong`, left out.
 */
export async function readImages(
  parts: ImageParts,
  options: ReadOptions,
  wrong: readonly WrongFile[] = [],
): Promise<Splits> {
  const { name, train, selection, test, notes } = parts;
  const size = options.size ?? DEFAULT_SIZE;
  const given = [train, selection, test].filter((part) => part !== undefined);
  const count = given.reduce((sum, { paths }) => sum + paths.length, 0);
  requireMemory(
    `${name}: ${count} images of ${size}x${size}`,
    count * size * size * CHANNELS,
    options,
    "choose a smaller size or fewer images",
  );
  const found = [...wrong];
  const read = (files: ImageFiles, title: string) => decodePart(files, title, size, found);
  const splits: Splits = {
    train: await read(train, name),
    ...(selection && { selection: await read(selection, `${name} (selection)`) }),
    ...(test && { test: await read(test, `${name} (test)`) }),
    ...(notes && { notes }),
  };
  if (options.wrong) options.wrong.push(...found);
  else refuse(found);
  return splits;
}

function refuse(wrong: readonly WrongFile[]): void {
  if (wrong.length === 0) return;
  const lines = wrong.slice(0, NAMED).map(({ path, reason }) => `  ${path}: ${reason}`);
  if (wrong.length > NAMED) lines.push(`  ... and ${wrong.length - NAMED} more`);
  throw new InputError(
    `${wrong.length} file(s) or folder(s) cannot be used; repair or remove them:\n${lines.join("\n")}`,
  );
}

async function decodePart(
  { paths, labels, groups }: ImageFiles,
  name: string,
  size: number,
  wrong: WrongFile[],
): Promise<Dataset> {
  const shape = { height: size, width: size, channels: CHANNELS };
  const bytes = size * size * CHANNELS;
  const images = new Uint8Array(paths.length * bytes);
  const reasons = new Map<number, string>();
  const open = await loadSharp();
  let next = 0;
  const work = async () => {
    while (next < paths.length) {
      const at = next++;
      try {
        images.set(await decode(open, paths[at], shape), at * bytes);
      } catch (error) {
        reasons.set(at, reasonOf(paths[at], error));
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const own = { images, labels, ...(groups && { groups }), ids: paths };
  const all: Dataset = { name, length: paths.length, ...shape, ...own };
  if (reasons.size === 0) return all;
  // Sorted, for files end in any order.
  for (const at of [...reasons.keys()].sort((a, b) => a - b)) {
    wrong.push({ path: paths[at], reason: reasons.get(at)! });
  }
  const usable = paths.map((_, at) => at).filter((at) => !reasons.has(at));
  return subset(all, usable);
}

type OpenImage = (bytes: Uint8Array, options: SharpOptions) => Sharp;

/** Reads one image file to u8 [height, width, channels], scaled and cut as {@link readImages} does. */
export async function readImage(path: string, shape: ImageShape): Promise<Uint8Array> {
  const open = await loadSharp();
  return decode(open, path, shape).catch((error) => {
    throw new InputError(`${path}: ${reasonOf(path, error)}`);
  });
}

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

async function decode(
  open: OpenImage,
  path: string,
  { height, width, channels }: ImageShape,
): Promise<Uint8Array> {
  const file = await readFile(path);
  if (file.length === 0) throw new Error("the file is empty (0 bytes)");
  const { data, info } = await open(file, { failOn: "error", autoOrient: true })
    .resize(width, height, { fit: "cover" })
    .flatten()
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels === channels) return data;
  // Grey, which some formats keep as one channel.
  return Uint8Array.from(
    { length: height * width * channels },
    (_, at) => data[Math.floor(at / channels) * info.channels],
  );
}

/** Why a file cannot be used, and what to do about its format. */
function reasonOf(path: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder; name the image files in it";
  const format = undecoded.find(([ending]) => ending.test(path));
  return format ? `${format[1]}; convert it to JPEG or PNG` : firstLine(error);
}

const firstLine = (error: unknown): string => (error as Error).message.trim().split("\n")[0];
