// Image files (JPEG, PNG, WebP, ...) as one block of bytes. Decoding is done by sharp, an optional
// dependency that is loaded only when there is something to decode.

import { readFile } from "node:fs/promises";
import type { Sharp, SharpOptions } from "sharp";
import { InputError } from "../../inputError.js";
import { type Dataset, type Splits, subset } from "../dataset.js";
import { concurrency, type ReadOptions, requireMemory, type WrongFile } from "./reader.js";

const CHANNELS = 3;
const DEFAULT_SIZE = 64;
/** How many wrong files a message names. */
const NAMED = 10;

/** An image on disk and its class. */
export interface ImageFile {
  readonly path: string;
  readonly label: number;
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
  readonly classes: readonly string[];
  readonly train: readonly ImageFile[];
  readonly selection?: readonly ImageFile[];
  readonly test?: readonly ImageFile[];
}

/** Whether a file is meant to be an image; those that sharp cannot read are then named as wrong. */
export function isImage(file: string): boolean {
  const hidden = /(^|[\\/])\./.test(file);
  return !hidden && /\.(jpe?g|png|webp|gif|tiff?|avif|heic|bmp|ppm|pgm)$/i.test(file);
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
  const { name, train, selection, test } = parts;
  const size = options.size ?? DEFAULT_SIZE;
  const count = train.length + (selection?.length ?? 0) + (test?.length ?? 0);
  requireMemory(
    `${name}: ${count} images of ${size}x${size}`,
    count * size * size * CHANNELS,
    options,
    "choose a smaller size or fewer images",
  );
  const found = [...wrong];
  const read = (files: readonly ImageFile[], title: string) =>
    decodePart(files, title, parts.classes, size, found);
  const splits: Splits = {
    train: await read(train, name),
    ...(selection && { selection: await read(selection, `${name} (selection)`) }),
    ...(test && { test: await read(test, `${name} (test)`) }),
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
  files: readonly ImageFile[],
  name: string,
  classes: readonly string[],
  size: number,
  wrong: WrongFile[],
): Promise<Dataset> {
  const shape = { height: size, width: size, channels: CHANNELS };
  const bytes = size * size * CHANNELS;
  const images = new Uint8Array(files.length * bytes);
  const reasons = new Map<number, string>();
  const open = await loadSharp();
  let next = 0;
  const work = async () => {
    while (next < files.length) {
      const at = next++;
      try {
        images.set(await decode(open, files[at].path, shape), at * bytes);
      } catch (error) {
        reasons.set(at, reasonOf(error));
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const labels = Int32Array.from(files, ({ label }) => label);
  const all: Dataset = { name, length: files.length, ...shape, images, labels, classes };
  if (reasons.size === 0) return all;
  // Sorted, for files end in any order.
  for (const at of [...reasons.keys()].sort((a, b) => a - b)) {
    wrong.push({ path: files[at].path, reason: reasons.get(at)! });
  }
  const usable = files.map((_, at) => at).filter((at) => !reasons.has(at));
  return subset(all, usable);
}

type OpenImage = (bytes: Uint8Array, options: SharpOptions) => Sharp;

/** Reads one image file to u8 [height, width, channels], scaled and cut as {@link readImages} does. */
export async function readImage(path: string, shape: ImageShape): Promise<Uint8Array> {
  const open = await loadSharp();
  return decode(open, path, shape).catch((error) => {
    throw new InputError(`${path}: ${reasonOf(error)}`);
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
        `(${reasonOf(error)}); type: npm install sharp`,
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

/** The first line of what went wrong. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder; name the image files in it";
  return message.trim().split("\n")[0];
}
