// Looks a data set over: how many images of each class, which occur twice, and which leak from one
// part into another.

import { createHash } from "node:crypto";
import type { Dataset, Part, Splits } from "./dataset.js";
import { readerOf, sizeAt, sizesInWords } from "./images.js";
import { countsOf, labelAt, namesOf } from "./labels.js";
import type { WrongFile } from "./readers/reader.js";

/** Where an image is: its part and its number there. */
export interface ImageAt {
  readonly part: Part;
  readonly index: number;
  /** Its label in words. */
  readonly label: string;
}

/** Images of one part. */
export interface PartReport {
  readonly part: Part;
  readonly images: number;
  /** Heights and widths in words. */
  readonly sizes: string;
  readonly channels: number;
  /** Images of each class or tag (of masks: pixels), in the order of `names`; empty for values. */
  readonly counts: readonly number[];
  /** Largest count over smallest; `Infinity` when one has none, 1 without counts. */
  readonly imbalance: number;
}

/** What {@link checkDataset} found. */
export interface CheckReport {
  readonly name: string;
  /** Names of the classes, tags or values. */
  readonly names: readonly string[];
  readonly parts: readonly PartReport[];
  /** Groups of equal images within one part. */
  readonly duplicates: readonly (readonly ImageAt[])[];
  /** Groups of equal images in more than one part: results on the later part are too good. */
  readonly leaks: readonly (readonly ImageAt[])[];
  /** Groups (of either kind) whose images have different labels. */
  readonly conflicts: readonly (readonly ImageAt[])[];
  readonly wrongFiles: readonly WrongFile[];
}

const PARTS = ["train", "selection", "test"] as const satisfies readonly Part[];

/**
 * Counts classes and finds equal images (same size, same bytes).
 *
 * @param wrongFiles what reading left out, for the report
 * @example
 * const { names, leaks } = checkDataset(await openDataset("mnist"));
 * names.length; // 10
 * leaks.length; // 0
 */
export function checkDataset(splits: Splits, wrongFiles: readonly WrongFile[] = []): CheckReport {
  const present = PARTS.flatMap((part) => {
    const dataset = splits[part];
    return dataset ? [{ part, dataset }] : [];
  });
  const groups = equalImages(present);
  const spans = (group: readonly ImageAt[]) => new Set(group.map(({ part }) => part)).size > 1;
  return {
    name: splits.train.name,
    names: namesOf(splits.train.labels),
    parts: present.map(({ part, dataset }) => partReport(part, dataset)),
    duplicates: groups.filter((group) => !spans(group)),
    leaks: groups.filter(spans),
    conflicts: groups.filter((group) => new Set(group.map(({ label }) => label)).size > 1),
    wrongFiles,
  };
}

function partReport(part: Part, dataset: Dataset): PartReport {
  const { length: images, channels, labels } = dataset;
  const counts = countsOf(labels);
  const smallest = Math.min(...counts, Number.POSITIVE_INFINITY);
  const imbalance = counts.length === 0 ? 1 : Math.max(...counts) / smallest;
  return { part, images, sizes: sizesInWords(dataset.images), channels, counts, imbalance };
}

/** Groups of two or more equal images, in the order of their first one. */
function equalImages(parts: readonly { part: Part; dataset: Dataset }[]): ImageAt[][] {
  const groups = new Map<string, ImageAt[]>();
  for (const { part, dataset } of parts) {
    const { channels, images, labels } = dataset;
    const reader = readerOf(images, channels);
    for (let index = 0; index < dataset.length; index++) {
      const { height, width } = sizeAt(images, index);
      const hash = createHash("sha256").update(reader.read(index)).digest("base64");
      const key = `${height}x${width} ${hash}`;
      const at = { part, index, label: labelAt(labels, index) };
      const group = groups.get(key);
      if (group) group.push(at);
      else groups.set(key, [at]);
    }
    reader.close();
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
