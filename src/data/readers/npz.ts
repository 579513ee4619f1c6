// NumPy archives with images and labels, as MedMNIST (`train_images`, `train_labels`, `val_...`,
// `test_...`) and Keras (`x_train`, `y_train`, `x_test`, `y_test`) write them.

import { basename } from "node:path";
import { withFile } from "../../files/read.js";
import { InputError } from "../../inputError.js";
import type { HostTensor } from "../../tensor/host.js";
import { type Npz, openNpz } from "../../tensor/npz.js";
import { formatShape } from "../../tensor/shape.js";
import type { Dataset, Splits } from "../dataset.js";
import { imagesOf } from "../images.js";
import { numbered, type Reader, requireTwoClasses } from "./reader.js";

/** Names of the arrays of a part, in the two ways. */
const arrayNames = (part: string): readonly (readonly [images: string, labels: string])[] => [
  [`${part}_images`, `${part}_labels`],
  [`x_${part}`, `y_${part}`],
];

/** A part as it is stored. */
interface StoredSplit {
  readonly length: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly images: Uint8Array;
  readonly labels: Int32Array;
  /** For messages: `file: array`. */
  readonly labelSource: string;
}

function readPart(archive: Npz, part: string, path: string): StoredSplit | undefined {
  const pair = arrayNames(part).find((names) => names.some((name) => archive.names.includes(name)));
  if (!pair) return undefined;
  const [stored, labels] = pair.map((name) => archive.read(name));
  const images = toImages(stored, `${path}: ${pair[0]}`);
  const labelSource = `${path}: ${pair[1]}`;
  const classes = toLabels(labels, labelSource);
  if (classes.length !== images.length) {
    throw new InputError(
      `${labelSource} has ${classes.length} labels for the ${images.length} images of ${pair[0]}`,
    );
  }
  return { ...images, labels: classes, labelSource };
}

/** [n, h, w] or [n, h, w, c] as bytes; channels-first is brought to channels-last. */
function toImages(tensor: HostTensor, source: string) {
  const { shape } = tensor;
  const first = shape.length === 4 && shape[3] > 4 && (shape[1] === 1 || shape[1] === 3);
  const [length, height, width, channels = 1] = first
    ? [shape[0], shape[2], shape[3], shape[1]]
    : shape;
  if (shape.length < 3 || shape.length > 4 || tensor.data.length === 0) {
    throw new InputError(
      `${source} has shape ${formatShape(shape)}; expected [n, height, width] or ` +
        "[n, height, width, channels], with images in it",
    );
  }
  const bytes = toBytes(tensor, source);
  const images = first ? channelsLast(bytes, length, channels, height * width) : bytes;
  return { length, height, width, channels, images };
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

/** [n] or [n, 1] whole numbers. */
function toLabels({ data, shape }: HostTensor, source: string): Int32Array {
  if (shape.length === 0 || shape.slice(1).some((size) => size !== 1)) {
    throw new InputError(
      `${source} has shape ${formatShape(shape)}; expected [n] or [n, 1], one class per image`,
    );
  }
  const wrong = data.findIndex((value) => !(Number.isInteger(value) && value >= 0));
  if (wrong >= 0) {
    throw new InputError(`${source}: record ${wrong} is ${data[wrong]}; expected a class from 0`);
  }
  return Int32Array.from(data);
}

/** Refuses a class that no training image shows, and labels of other parts outside the classes. */
function classesOf(parts: readonly StoredSplit[]): string[] {
  const [train] = parts;
  const seen = new Set(train.labels);
  const last = train.labels.reduce((largest, label) => Math.max(largest, label), 0);
  for (let label = 0; label < last; label++) {
    if (seen.has(label)) continue;
    throw new InputError(
      `${train.labelSource}: record ${train.labels.indexOf(last)} has label ${last}, but no record ` +
        `has label ${label}; expected labels from 0 without a gap`,
    );
  }
  for (const { labels, labelSource } of parts) {
    const wrong = labels.findIndex((label) => label > last);
    if (wrong >= 0) {
      throw new InputError(
        `${labelSource}: record ${wrong} has label ${labels[wrong]}; expected 0 to ${last}`,
      );
    }
  }
  return numbered(last + 1);
}

/** A NumPy archive. */
export const npz: Reader = {
  name: "npz",
  reads: "an .npz file with train_images and train_labels, or x_train and y_train",
  matches: ({ path, entries }) => entries === undefined && /\.npz$/i.test(path),
  async read({ path }, options): Promise<Splits> {
    const [train, selection, test] = readParts(path, options.memoryLimit);
    if (!train) throw new InputError(`${path}: found no train_images or x_train`);
    const others = [selection, test].filter((part) => part !== undefined);
    const odd = others.find(
      (part) =>
        part.height !== train.height ||
        part.width !== train.width ||
        part.channels !== train.channels,
    );
    if (odd) {
      throw new InputError(
        `${path}: training images are ${sizeOf(train)}, others ${sizeOf(odd)}; expected one size`,
      );
    }
    const classes = classesOf([train, ...others]);
    requireTwoClasses(classes, path);
    const name = options.name ?? basename(path, ".npz");
    const toDataset = (
      { labels: of, images, length, ...size }: StoredSplit,
      title: string,
    ): Dataset => ({
      ...{ name: title, length, channels: size.channels, images: imagesOf(images, size) },
      labels: { kind: "class", of, classes },
    });
    return {
      train: toDataset(train, name),
      ...(selection && { selection: toDataset(selection, `${name} (selection)`) }),
      ...(test && { test: toDataset(test, `${name} (test)`) }),
    };
  },
};

const sizeOf = ({ height, width, channels }: StoredSplit) => `${height}x${width}x${channels}`;

const readParts = (path: string, limit?: number) =>
  withFile(path, (bytes) => {
    const archive = openNpz(bytes, { source: path, limit });
    return ["train", "val", "test"].map((part) => readPart(archive, part, path));
  });
