// IDX, the format of MNIST (LeCun, Cortes, Burges 1998), Fashion-MNIST, EMNIST and KMNIST:
// two zero bytes, element type (8 = u8), rank, sizes as big-endian u32, elements. Plain or gzip.

import { basename, join, resolve, sep } from "node:path";
import { InputError } from "../../inputError.js";
import type { Dataset, Splits } from "../dataset.js";
import { imagesOf } from "../images.js";
import { locationAt, readBytes } from "./files.js";
import { type Reader, type ReadOptions, requireTwoClasses } from "./reader.js";

const U8 = 8;
const parts = { train: "train", test: "t10k" } as const;
/** `train-images-idx3-ubyte`, also with dots, a prefix as in EMNIST, and `.gz`. */
const pattern = (part: string, what: "images" | "labels") =>
  new RegExp(`(^|-)${part}-${what}[-.]idx\\d-ubyte(\\.gz)?$`);

/** Elements of an IDX file with their shape. Throws a {@link InputError} naming the wrong byte. */
export function parseIdx(bytes: Uint8Array, rank: number, path: string) {
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new InputError(
      `${path}: ${bytes.length} bytes; an IDX header of rank ${rank} has ${header}; fetch it again`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = (U8 << 8) | rank;
  if (view.getUint32(0) !== expected) {
    throw new InputError(
      `${path}: byte 0 starts with ${hex(view.getUint32(0))}; expected ${hex(expected)} ` +
        `(IDX, unsigned bytes, rank ${rank})`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== header + size || size === 0) {
    throw new InputError(
      `${path}: the header promises [${shape.join(", ")}], so ${header + size} bytes; found ` +
        `${bytes.length}; the file is ${size === 0 ? "empty" : "cut off or damaged"}`,
    );
  }
  return { shape, data: bytes.subarray(header) };
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}

/** A pair of image and label file. */
async function readPair(imagesPath: string, labelsPath: string) {
  const images = parseIdx(await readBytes(imagesPath), 3, imagesPath);
  const labels = parseIdx(await readBytes(labelsPath), 1, labelsPath);
  const [length, height, width] = images.shape;
  if (labels.shape[0] !== length) {
    throw new InputError(
      `${labelsPath}: ${labels.shape[0]} labels for the ${length} images of ${imagesPath}; ` +
        "the two files do not belong together",
    );
  }
  return { length, height, width, images: images.data, labels: labels.data, labelsPath };
}

type Pair = Awaited<ReturnType<typeof readPair>>;

/** The range of labels: given by the classes' names, or found in the training data without a gap. */
function labelRange({ labels, labelsPath }: Pair, classes?: readonly string[]) {
  if (classes) return { first: 0, classes };
  const seen = new Set(labels);
  const first = Math.min(...seen);
  const last = Math.max(...seen);
  const gap = Array.from({ length: last - first }, (_, at) => first + at).find(
    (label) => !seen.has(label),
  );
  if (gap !== undefined) {
    const record = labels.indexOf(last);
    throw new InputError(
      `${labelsPath}: record ${record} (byte ${8 + record}) has label ${last}, but no record has ` +
        `label ${gap}; expected labels without a gap`,
    );
  }
  return {
    first,
    classes: Array.from({ length: last - first + 1 }, (_, at) => String(first + at)),
  };
}

function toDataset(
  name: string,
  pair: Pair,
  { first, classes }: ReturnType<typeof labelRange>,
): Dataset {
  const of = Int32Array.from(pair.labels, (label) => label - first);
  const wrong = of.findIndex((label) => label < 0 || label >= classes.length);
  if (wrong >= 0) {
    throw new InputError(
      `${pair.labelsPath}: record ${wrong} (byte ${8 + wrong}) has label ${pair.labels[wrong]}; ` +
        `expected ${first} to ${first + classes.length - 1}`,
    );
  }
  const { length, height, width, images } = pair;
  return {
    name,
    length,
    channels: 1,
    images: imagesOf(images, { height, width, channels: 1 }),
    labels: { kind: "class", of, classes },
  };
}

/** Paths of the files in a folder; some archives unpack a file to a folder of its name. */
async function filesOf(path: string, entries: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    entries.map(async (entry) => {
      const location = await locationAt(join(path, entry));
      return location?.entries?.map((inner) => join(entry, inner)) ?? [entry];
    }),
  );
  // Files of the folder itself go first.
  return found.flat().sort((a, b) => a.split(sep).length - b.split(sep).length);
}

/** A folder of IDX files: `train-images...`, `train-labels...` and, if there, `t10k-...`. */
export const idx: Reader = {
  name: "idx",
  reads: "a folder with train-images-idx3-ubyte and train-labels-idx1-ubyte (plain or .gz)",
  heeds: ["classes"],
  kinds: ["class"],
  matches: ({ entries }) =>
    entries?.some((name) => pattern(parts.train, "images").test(name)) ?? false,
  async read({ path, entries = [] }, options: ReadOptions): Promise<Splits> {
    const name = options.name ?? basename(resolve(path));
    const files = await filesOf(path, entries);
    const find = (part: string, what: "images" | "labels") =>
      files.find((entry) => pattern(part, what).test(basename(entry)));
    const pairOf = async (part: string): Promise<Pair | undefined> => {
      const [images, labels] = [find(part, "images"), find(part, "labels")];
      if (!images && !labels) return undefined;
      if (images && labels) return readPair(join(path, images), join(path, labels));
      throw new InputError(
        `${path}: found ${images ?? labels}, but no ${part}-${images ? "labels-idx1" : "images-idx3"}-ubyte`,
      );
    };
    const train = await pairOf(parts.train);
    if (!train) throw new InputError(`${path}: found no train-images-idx3-ubyte`);
    const test = await pairOf(parts.test);
    if (test && (test.height !== train.height || test.width !== train.width)) {
      throw new InputError(
        `${path}: test images are ${test.height}x${test.width}, training images ` +
          `${train.height}x${train.width}; expected one size`,
      );
    }
    const range = labelRange(train, options.classes ?? options.known);
    if (!options.known) requireTwoClasses(range.classes, path);
    return {
      train: toDataset(name, train, range),
      ...(test && { test: toDataset(`${name} (test)`, test, range) }),
    };
  },
};
