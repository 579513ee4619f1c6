// Image files (JPEG, PNG, WebP, ...) as a data set: each keeps its shape and as many pixels as a net may want.

import { InputError } from "../../inputError.js";
import { type Dataset, type Grouping, type Splits, subset } from "../dataset.js";
import { anyWide, type DecodeOptions, decodeInOrder, limitsOfFiles } from "../decode.js";
import { type Image, type Images, joinImages, takeImages } from "../images.js";
import type { Labels } from "../labels.js";
import { estimate, packImages } from "../packed.js";
import { narrowNote } from "../pixels/depth.js";
import { formatLimits, type Span } from "../pixels/range.js";
import { memoryFor, type ReadOptions, type WrongFile } from "./reader.js";

const CHANNELS = 3;
/** Side of a net's input where none is said. */
export const DEFAULT_SIZE = 64;
/** Pixels that are kept for each of the net's along the shorter side: room to zoom in. */
const ROOM = 2;
/** How many wrong files a message names. */
const NAMED = 10;
/** Longer side over shorter one of most images. */
const LONG = 2;

/** Images on disk and what is known of each. */
export interface ImageFiles extends Partial<Grouping> {
  readonly paths: readonly string[];
  readonly labels: Labels;
}

/** The parts of a set of image files. */
export interface ImageParts {
  readonly name: string;
  readonly train: ImageFiles;
  readonly selection?: ImageFiles;
  readonly test?: ImageFiles;
  readonly notes?: readonly string[];
}

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

/** How image files are decoded for a net's input of a size. */
export function decodingOf({
  size = DEFAULT_SIZE,
  channels = CHANNELS,
  range,
}: Pick<ReadOptions, "size" | "channels" | "range">): DecodeOptions {
  return { side: ROOM * size, channels, ...(range && { range }) };
}

/**
 * Decodes all images of all parts, each in its own shape, the shorter side at most twice as long as the net's input.
 * What does not fit into memory is packed into a file. Unusable files, to which those in `wrong` are added, are refused
 * together or, with `options.wrong`, left out as long as others are there.
 */
export async function readImages(
  parts: ImageParts,
  options: ReadOptions,
  wrong: readonly WrongFile[] = [],
): Promise<Splits> {
  const { name, train, selection, test, notes } = parts;
  // Masks, points and boxes come after their images.
  if (train.labels.kind !== "none") options.onLabels?.(train.labels);
  await expectWide(parts, options);
  const limits = options.range === "train" ? await trainLimits(parts, options) : undefined;
  const given = [train, selection, test].filter((part) => part !== undefined);
  const paths = given.flatMap((part) => part.paths);
  const all = await decodeAll(name, paths, { ...options, ...(limits && { range: limits }) });
  const narrow = narrowNote(all.spans);
  const found = [...wrong];
  let first = 0;
  const read = (files: ImageFiles, title: string): Dataset => {
    const indices = files.paths.map((_, at) => first + at);
    first += files.paths.length;
    return datasetOf(title, files, indices, all, found);
  };
  const splits: Splits = {
    train: read(train, name),
    ...(selection && { selection: read(selection, `${name} (selection)`) }),
    ...(test && { test: read(test, `${name} (test)`) }),
    ...(limits && { range: limits }),
    notes: [...(notes ?? []), ...(narrow === undefined ? [] : [narrow])],
  };
  const each = unique(found);
  if (options.wrong && splits.train.length > 0) for (const file of each) options.wrong.push(file);
  else refuseWrong(each, "file(s) or folder(s) cannot be used; repair or remove them");
  return splits;
}

/** Refuses a range of which no training image takes notice; a run's range may meet any images later. */
async function expectWide({ name, train }: ImageParts, options: ReadOptions): Promise<void> {
  const { range = "full", known } = options;
  if (range === "full" || known || (await anyWide(train.paths))) return;
  throw new InputError(
    `${name}: setting range is ${range}, but no training image has 16 bits without opacity; leave it out`,
  );
}

/** Percentiles of the training images, as a setting; `undefined` where none of 16 bits can be decoded. */
async function trainLimits({ train }: ImageParts, options: ReadOptions) {
  const { range: _, ...decoding } = decodingOf(options);
  const limits = await limitsOfFiles(train.paths, decoding);
  return limits && formatLimits(limits);
}

/** Each file once: a table may name one in several rows, and a folder may be listed as source and as part. */
const unique = (wrong: readonly WrongFile[]): readonly WrongFile[] => [
  ...new Map(wrong.map((file) => [file.path, file])).values(),
];

/** Refuses data of which some cannot be used, naming the first ones. */
export function refuseWrong(wrong: readonly WrongFile[], what: string): void {
  if (wrong.length === 0) return;
  const lines = wrong.slice(0, NAMED).map(({ path, reason }) => `  ${path}: ${reason}`);
  if (wrong.length > NAMED) lines.push(`  ... and ${wrong.length - NAMED} more`);
  throw new InputError(`${wrong.length} ${what}:\n${lines.join("\n")}`);
}

/** Decoded images; those that could not be used have no pixels, and a reason. */
export interface DecodedImages {
  readonly channels: number;
  readonly images: Images;
  readonly reasons: ReadonlyMap<number, string>;
  /** Percentiles 1 and 99 of each that had 16 bits, where these became bytes by the whole range. */
  readonly spans: readonly Span[];
}

/** The part of all images at the given indices, without those that cannot be used. */
function datasetOf(
  name: string,
  { paths, ...known }: ImageFiles,
  indices: readonly number[],
  { images, channels, reasons }: DecodedImages,
  wrong: WrongFile[],
): Dataset {
  const taken = takeImages(images, indices);
  const all = { name, length: paths.length, channels, images: taken, ...known, ids: paths };
  const usable = [...indices.keys()].filter((at) => !reasons.has(indices[at]));
  if (usable.length === indices.length) return all;
  for (const [at, index] of indices.entries()) {
    const reason = reasons.get(index);
    if (reason !== undefined) wrong.push({ path: paths[at], reason });
  }
  return subset(all, usable);
}

/** Decodes files into memory, or into a file where that is asked for or they would not fit. */
async function decodeAll(
  name: string,
  paths: readonly string[],
  options: ReadOptions,
): Promise<DecodedImages> {
  const decoding = decodingOf(options);
  const { side = 0, channels = CHANNELS } = decoding;
  const limit = memoryFor(options);
  const surely = LONG * side * side * channels * paths.length < limit / 4;
  const packed = options.pack || (!surely && (await estimate(paths, decoding)).bytes > limit);
  if (packed) return packImages(name, paths, decoding, options);
  return { channels, ...(await decodeToMemory(paths, decoding, options)) };
}

const NOTHING: Image = { height: 0, width: 0, channels: 0, data: new Uint8Array(0) };

async function decodeToMemory(
  paths: readonly string[],
  decoding: DecodeOptions,
  { onProgress }: ReadOptions,
): Promise<Omit<DecodedImages, "channels">> {
  const images: Image[] = [];
  const reasons = new Map<number, string>();
  const spans: Span[] = [];
  for await (const { image, reason } of decodeInOrder(paths, decoding)) {
    if (reason !== undefined) reasons.set(images.length, reason);
    if (image?.span) spans.push(image.span);
    images.push(image ?? NOTHING);
    onProgress?.({ stage: "decoding", done: images.length, total: paths.length });
  }
  return { images: joinImages(images), reasons, spans };
}
