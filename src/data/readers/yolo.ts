// YOLO data sets as Ultralytics and Roboflow lay them out: images/ and labels/ with the same names, in parts within them
// (`images/train/`, `labels/train/`) or in each part (`train/images/`, `train/labels/`). An image without a label file has
// no boxes. What the label files hold is in yoloText.ts.

import { basename, extname, join, relative, resolve } from "node:path";
import { readText } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import type { Part, Splits } from "../dataset.js";
import { filesBelow, imagesIn, listFolder } from "./folders.js";
import { type MarkedFiles, type MarkedImage, readMarked } from "./marks.js";
import { MASKS, readOutlined } from "./outlines.js";
import { type Found, folderNamed, partFolders, withImages } from "./partFolders.js";
import { ofImageFiles, type Reader, type ReadOptions } from "./reader.js";
import { PARTS, requireTrain } from "./roles.js";
import { type NamedClasses, namesIn } from "./yoloNames.js";
import { parseYolo, type YoloOptions } from "./yoloText.js";

/** Bytes of a label file: some 100,000 boxes. */
const MOST = 4 * 1024 * 1024;

/** The two folders of a part. */
interface Pair {
  readonly images: string;
  readonly labels: string;
}

async function pairIn(path: string): Promise<Pair | undefined> {
  const [images, labels] = [
    await folderNamed(path, ["images"]),
    await folderNamed(path, ["labels"]),
  ];
  return images && labels ? { images, labels } : undefined;
}

/** The name of a part from that of Darknet's folder of it. */
const darknetPart = (folder: string) => /^obj_(.+)_data$/i.exec(folder)?.[1] ?? "";

/** The folders of each part; those that have images without labels have none. */
async function pairsOf(path: string): Promise<Found<Pair | undefined>> {
  const pairs: Found<Pair | undefined> = {};
  const whole = await pairIn(path);
  const folders = await partFolders(whole?.images ?? path);
  if (whole === undefined) {
    const mixed = await partFolders(path, darknetPart);
    for (const part of PARTS) {
      const [apart, both] = [folders[part], mixed[part]];
      if (apart) pairs[part] = await pairIn(apart);
      else if (both) pairs[part] = { images: both, labels: both };
    }
    return pairs;
  }
  if (Object.keys(folders).length === 0) return { train: whole };
  const labels = await partFolders(whole.labels);
  for (const part of PARTS) {
    const [images, own] = [folders[part], labels[part]];
    if (images !== undefined) pairs[part] = own ? { images, labels: own } : undefined;
  }
  return pairs;
}

const isLabel = (file: string) => /\.txt$/i.test(file) && basename(file) !== "classes.txt";
const stemOf = (file: string, folder: string) =>
  relative(folder, file).slice(0, -extname(file).length);

/** The images of a part with their boxes, and how many of these were polygons. */
async function examplesOf({ images, labels }: Pair, options: YoloOptions) {
  const found = await imagesIn(images);
  const texts = (await filesBelow(labels)).filter(isLabel);
  const textOf = new Map(texts.map((file) => [stemOf(file, labels), file]));
  const examples: MarkedImage[] = [];
  const known = new Set<string>();
  let polygons = 0;
  for (const path of found.images) {
    const stem = stemOf(path, images);
    known.add(stem);
    const text = textOf.get(stem);
    const read = text === undefined ? undefined : parseYolo(readText(text, MOST), text, options);
    polygons += read?.polygons ?? 0;
    examples.push({ image: resolve(path), marks: read?.marks ?? [] });
  }
  const lonely = texts.find((file) => !known.has(stemOf(file, labels)));
  if (lonely) throw new InputError(`${lonely}: there is no image of this name in ${images}`);
  return { examples, polygons };
}

/** Names of the classes, from the folder itself or from one of labels. */
async function classesOf(path: string, pairs: Found<Pair | undefined>) {
  const folders = [path, join(path, "labels"), ...PARTS.map((part) => pairs[part]?.labels)];
  for (const folder of folders) {
    if (folder === undefined) continue;
    const listing = await listFolder(folder).catch(() => undefined);
    const found = listing && (await namesIn(folder, listing.files));
    if (found) return found;
  }
  return undefined;
}

const describeClasses = (path: string, found: NamedClasses | undefined) =>
  found
    ? `classes are named by ${found.path}`
    : `${path}: no data.yaml or classes.txt names the classes; they are called by their numbers`;

async function hasLabels(path: string): Promise<boolean> {
  for (const pair of Object.values(await pairsOf(path))) {
    if (pair && (await filesBelow(pair.labels)).some(isLabel)) return true;
  }
  return false;
}

async function readFolder(path: string, options: ReadOptions): Promise<Splits> {
  const pairs = await pairsOf(path);
  const found = await classesOf(path, pairs);
  const notes = options.classes ? [] : [describeClasses(path, found)];
  const names = options.classes ?? found?.names;
  const outlines = options.kind === "mask";
  const parts: Found<MarkedFiles> = {};
  for (const part of Object.keys(pairs) as Part[]) {
    const pair = pairs[part];
    if (pair === undefined) {
      notes.push(`${path}: the images of the part ${part} have no labels: they are not used`);
      continue;
    }
    const { examples, polygons } = await examplesOf(pair, { ...(names && { names }), outlines });
    parts[part] = { examples };
    if (polygons > 0 && !outlines) {
      const cure = options.kind === undefined ? `: ${MASKS}` : "";
      const are = counted(
        polygons,
        "polygon is read as the box round it",
        "polygons are read as the boxes round them",
      );
      notes.push(`${part}: ${are}${cure}`);
    }
  }
  const present = requireTrain(withImages(parts, path, notes), options.known !== undefined, path);
  const format = { kind: "boxes", shares: true, ...(names && { classes: names }) } as const;
  const name = options.name ?? basename(resolve(path));
  const read = outlines ? readOutlined : readMarked;
  const splits = await read(name, present, format, path, options);
  return { ...splits, notes: [...notes, ...splits.notes!] };
}

/** A YOLO data set. */
export const yolo: Reader = {
  name: "yolo",
  reads:
    "a YOLO folder: images/ and labels/ (.txt), or both in train/, val/, test/, or these in both, or obj_train_data/ with both; names in data.yaml, classes.txt or obj.names",
  heeds: [...ofImageFiles, "classes"],
  kinds: ["boxes", "mask"],
  matches: async ({ path, entries }) => entries !== undefined && (await hasLabels(path)),
  read: ({ path }, options) => readFolder(path, options),
};
