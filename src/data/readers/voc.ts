// Pascal VOC data sets: Annotations/ and JPEGImages/ with the same names, and the parts in ImageSets/Main; or XML files
// beside their images, in one folder or in one for each part. What the XML files hold is in vocXml.ts; masks of
// SegmentationClass/ are read by vocMasks.ts.

import { basename, resolve } from "node:path";
import { readText } from "../../files/text.js";
import { InputError } from "../../inputError.js";
import type { Part, Splits } from "../dataset.js";
import { type MarkedFiles, type MarkedImage, readMarked } from "./marks.js";
import { type Found, partFolders, withImages } from "./partFolders.js";
import { ofImageFiles, type Reader, type ReadOptions } from "./reader.js";
import { requireTrain } from "./roles.js";
import { masks, readVocMasks } from "./vocMasks.js";
import {
  type Annotated,
  type AnnotationKind,
  annotatedParts,
  annotationsIn,
  type Pair,
  pairIn,
} from "./vocParts.js";
import { parseVoc } from "./vocXml.js";

/** Bytes of an annotation: some 10,000 boxes. */
const MOST = 4 * 1024 * 1024;

const boxes: AnnotationKind = {
  title: "an annotation",
  folder: "annotations",
  ending: /\.xml$/i,
  lists: "Main",
};
const xmlIn = (path: string) => annotationsIn(path, boxes);

/** The folders of each part; without parts the whole folder is for training. */
async function pairsOf(path: string, entries: readonly string[]): Promise<Found<Pair>> {
  const whole = await pairIn(path, boxes);
  if (whole) return { train: whole };
  if (entries.some((name) => boxes.ending.test(name)))
    return { train: { images: path, annotations: path } };
  const pairs: Found<Pair> = {};
  for (const [part, folder] of Object.entries(await partFolders(path)) as [Part, string][]) {
    const pair = await pairIn(folder, boxes);
    if (pair) pairs[part] = pair;
    else if ((await xmlIn(folder)).length > 0)
      pairs[part] = { images: folder, annotations: folder };
  }
  return pairs;
}

function exampleOf({ image, file }: Annotated): MarkedImage {
  const { marks, size } = parseVoc(readText(file, MOST), file);
  return { image, marks, ...(size && { said: { ...size, source: file } }) };
}

async function readBoxes(path: string, pairs: Found<Pair>, options: ReadOptions): Promise<Splits> {
  const notes: string[] = [];
  const annotated = await annotatedParts(path, pairs, boxes, notes);
  const parts: Found<MarkedFiles> = {};
  for (const [part, files] of Object.entries(annotated) as [Part, Annotated[]][]) {
    parts[part] = { examples: files.map(exampleOf) };
  }
  const present = requireTrain(withImages(parts, path, notes), options.known !== undefined, path);
  const name = options.name ?? basename(resolve(path));
  const splits = await readMarked(name, present, { kind: "boxes" }, path, options);
  return { ...splits, notes: [...notes, ...splits.notes!] };
}

/** Reads boxes, unless there are only masks or these are asked for. */
async function readFolder(
  path: string,
  entries: readonly string[],
  options: ReadOptions,
): Promise<Splits> {
  const [pairs, masked] = [await pairsOf(path, entries), await pairIn(path, masks)];
  const kinds = { boxes: Object.keys(pairs).length > 0, mask: masked !== undefined };
  const { kind = kinds.boxes ? "boxes" : "mask" } = options;
  if (kind === "mask" && masked) return readVocMasks(path, masked, options);
  if (kind === "boxes" && kinds.boxes) return readBoxes(path, pairs, options);
  throw new InputError(
    kind === "mask"
      ? `${path} has no masks: expected SegmentationClass/ beside its images`
      : `${path} has no boxes: expected Annotations/ beside its images`,
  );
}

/** A Pascal VOC data set. */
export const voc: Reader = {
  name: "voc",
  reads:
    "a Pascal VOC folder: Annotations/ (.xml) or SegmentationClass/ (.png) and JPEGImages/, perhaps ImageSets/ with train.txt, val.txt, test.txt; or .xml files beside the images, perhaps in train/, val/, test/",
  heeds: [...ofImageFiles, "classes"],
  kinds: ["boxes", "mask"],
  matches: async ({ path, entries }) =>
    entries !== undefined &&
    (Object.keys(await pairsOf(path, entries)).length > 0 ||
      (await pairIn(path, masks)) !== undefined),
  read: ({ path, entries }, options) => readFolder(path, entries!, options),
};
