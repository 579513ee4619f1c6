// CIFAR-10 and CIFAR-100, binary version (Krizhevsky 2009, "Learning multiple layers of features from
// tiny images"): records of one or two label bytes and 3072 bytes of a 32x32 image, channel by channel.

import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { readLines } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import type { Dataset, Splits } from "../dataset.js";
import { imagesOf } from "../images.js";
import { readBytes } from "./files.js";
import { numbered, type Reader, requireMemory } from "./reader.js";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const IMAGE = 3 * PLANE;

/** What differs between the two sets. */
interface Format {
  readonly title: string;
  readonly train: RegExp;
  /** Files of the whole training set. */
  readonly files: number;
  readonly test: string;
  readonly names: string;
  readonly classes: number;
  /** Bytes before the image; the last of them is the label (CIFAR-100 has the coarse one first). */
  readonly labelBytes: number;
}

const formats: readonly Format[] = [
  {
    title: "CIFAR-10",
    train: /^data_batch_(\d+)\.bin$/,
    files: 5,
    test: "test_batch.bin",
    names: "batches.meta.txt",
    classes: 10,
    labelBytes: 1,
  },
  {
    title: "CIFAR-100",
    train: /^(train)\.bin$/,
    files: 1,
    test: "test.bin",
    names: "fine_label_names.txt",
    classes: 100,
    labelBytes: 2,
  },
];

/** A folder with the binary version of CIFAR-10 or CIFAR-100. */
export const cifar: Reader = {
  name: "cifar",
  reads: "a folder with data_batch_1.bin ... (CIFAR-10) or train.bin (CIFAR-100), binary version",
  heeds: [],
  kinds: ["class"],
  matches: ({ entries = [] }) => formatOf(entries) !== undefined,
  async read({ path, entries = [] }, options): Promise<Splits> {
    const format = formatOf(entries)!;
    const classes = readNames(path, format);
    const name = options.name ?? basename(resolve(path));
    const files = entries.filter((entry) => format.train.test(entry)).sort(byNumber);
    requireNoGap(path, files, format);
    const all = entries.includes(format.test) ? [...files, format.test] : files;
    const sizes = await Promise.all(all.map(async (file) => (await stat(join(path, file))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    requireMemory(path, bytes, options, "use a machine with more memory");
    const read = (names: string[], title: string) =>
      readBatches(path, names, format, classes, title);
    return {
      train: await read(files, name),
      ...(all.length > files.length && { test: await read([format.test], `${name} (test)`) }),
      ...missing(path, entries, format),
    };
  },
};

function formatOf(entries: readonly string[]): Format | undefined {
  return formats.find(({ train }) => entries.some((entry) => train.test(entry)));
}

const numberOf = (file: string) => Number(/\d+/.exec(file)?.[0] ?? 1);
const byNumber = (a: string, b: string) => numberOf(a) - numberOf(b);

function requireNoGap(path: string, files: readonly string[], { title }: Format): void {
  const missing = files.findIndex((file, at) => numberOf(file) !== at + 1);
  if (missing < 0) return;
  throw new InputError(
    `${path}: found ${files[missing]}, but no data_batch_${missing + 1}.bin; ` +
      `${title} would not be whole: fetch the missing file`,
  );
}

/** What of the whole set is not there, as a note. */
function missing(
  path: string,
  entries: readonly string[],
  { title, train, files, test }: Format,
): Pick<Splits, "notes"> {
  const found = entries.filter((entry) => train.test(entry)).length;
  const names = [
    ...Array.from({ length: files - found }, (_, at) => `data_batch_${found + at + 1}.bin`),
    ...(entries.includes(test) ? [] : [test]),
  ];
  return names.length > 0
    ? { notes: [`${path}: ${title} is not whole: ${names.join(", ")} missing`] }
    : {};
}

function readNames(path: string, { names, classes }: Format): string[] {
  const found = readLines(join(path, names))?.filter((line) => line.trim() !== "");
  if (!found) return numbered(classes);
  if (found.length === classes) return found;
  throw new InputError(`${join(path, names)}: ${found.length} names; expected ${classes}`);
}

/** All records of some files as one data set. Only one file at a time is held beside it. */
async function readBatches(
  folder: string,
  files: readonly string[],
  format: Format,
  classes: readonly string[],
  name: string,
): Promise<Dataset> {
  const paths = files.map((file) => join(folder, file));
  const counts = await Promise.all(
    paths.map(async (path) => recordsOf((await stat(path)).size, format, path)),
  );
  const length = counts.reduce((sum, count) => sum + count, 0);
  const images = new Uint8Array(length * IMAGE);
  const of = new Int32Array(length);
  let start = 0;
  for (const [at, path] of paths.entries()) {
    const end = start + counts[at];
    const target = {
      images: images.subarray(start * IMAGE, end * IMAGE),
      labels: of.subarray(start, end),
    };
    parseCifar(await readBytes(path), format, path, target);
    start = end;
  }
  return {
    name,
    length,
    channels: 3,
    images: imagesOf(images, { height: SIDE, width: SIDE, channels: 3 }),
    labels: { kind: "class", of, classes },
  };
}

/** How many records a file of some size holds. */
function recordsOf(size: number, { labelBytes, title }: Format, path: string): number {
  const record = labelBytes + IMAGE;
  const count = Math.floor(size / record);
  if (count > 0 && count * record === size) return count;
  throw new InputError(
    `${path}: ${size} bytes; expected whole records of ${record} (${title}), but record ` +
      `${count} at byte ${count * record} has ${size - count * record}; fetch the file again`,
  );
}

/** Stores the images [n, 32, 32, 3] and labels of one file. */
function parseCifar(
  bytes: Uint8Array,
  { labelBytes, classes, title }: Format,
  path: string,
  { images, labels }: { images: Uint8Array; labels: Int32Array },
): void {
  for (let at = 0; at < labels.length; at++) {
    const pixels = at * (labelBytes + IMAGE) + labelBytes;
    labels[at] = bytes[pixels - 1];
    if (labels[at] >= classes) {
      throw new InputError(
        `${path}: record ${at} (byte ${pixels - 1}) has label ${labels[at]}; expected 0 to ` +
          `${classes - 1} (${title})`,
      );
    }
    interleave(bytes.subarray(pixels, pixels + IMAGE), images, at * IMAGE);
  }
}

/** From channel by channel to pixel by pixel. */
function interleave(planes: Uint8Array, out: Uint8Array, start: number): void {
  for (let pixel = 0; pixel < PLANE; pixel++) {
    out[start + 3 * pixel] = planes[pixel];
    out[start + 3 * pixel + 1] = planes[PLANE + pixel];
    out[start + 3 * pixel + 2] = planes[2 * PLANE + pixel];
  }
}
