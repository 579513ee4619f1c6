// Masks of Pascal VOC: SegmentationClass/ and JPEGImages/ with the same names, and the parts in ImageSets/Segmentation. A
// mask holds numbers (grey or with a palette), or the colours that labelmap.txt names, as CVAT writes them.

import { basename, join, resolve } from "node:path";
import type { Part, Splits } from "../dataset.js";
import { listNamed } from "./classNames.js";
import { readLabelMap } from "./labelMap.js";
import { type MaskedFiles, maskFile, readMasked } from "./masks.js";
import { type Found, withImages } from "./partFolders.js";
import type { ReadOptions } from "./reader.js";
import { requireTrain } from "./roles.js";
import { type Annotated, type AnnotationKind, annotatedParts, type Pair } from "./vocParts.js";

/** Files of masks. */
export const masks: AnnotationKind = {
  title: "a mask",
  folder: "segmentationclass",
  ending: /\.png$/i,
  lists: "Segmentation",
};

/** Reads the images and masks of a pair of folders. */
export async function readVocMasks(
  path: string,
  pair: Pair,
  options: ReadOptions,
): Promise<Splits> {
  const notes: string[] = [];
  const map = readLabelMap(join(path, "labelmap.txt"));
  const list =
    map &&
    listNamed(map.names, { classes: options.classes ?? map.names, known: options.known }, path);
  const legend = map && {
    colours: map.colours,
    numbers: map.names.map((name) => list!.numberOf(name)!),
  };
  const found = await annotatedParts(path, { train: pair }, masks, notes);
  const masked: Found<MaskedFiles> = {};
  for (const [part, files] of Object.entries(found) as [Part, Annotated[]][]) {
    const examples = files.map(({ image, file }) => ({ image, mask: maskFile(file, legend) }));
    masked[part] = { examples };
  }
  const full = withImages(masked, path, notes);
  const parts = requireTrain(full, options.known !== undefined, path);
  const name = options.name ?? basename(resolve(path));
  const splits = await readMasked(name, parts, path, options, list?.classes);
  return { ...splits, notes: [...notes, ...splits.notes!] };
}
