// Looks a data set over: how many images of each class, which occur twice or look alike, and which leak from one
// part into another.

import { createHash } from "node:crypto";
import type { Dataset, Part, Splits } from "./dataset.js";
import { columnMeans, constantError, countsPerImage } from "./entryCounts.js";
import { readerOf, sizeAt, sizesInWords } from "./images.js";
import {
  countsOf,
  IGNORED,
  type Labels,
  type LabelsOf,
  labelAt,
  labelData,
  namesOf,
  takeLabels,
} from "./labels.js";
import { type Looks, likePairs, looksOf } from "./nearImages.js";
import type { WrongFile } from "./readers/reader.js";
import { PARTS } from "./readers/roles.js";

/** Where an image is: its part and its number there. */
export interface ImageAt {
  readonly part: Part;
  readonly index: number;
  /** Its label in words. */
  readonly label: string;
  /** Its file, where it comes from one. */
  readonly file?: string;
}

/** What is known of a value. */
export interface ValueSummary {
  readonly name: string;
  /** Images of which it is known. */
  readonly known: number;
  readonly smallest: number;
  readonly mean: number;
  readonly largest: number;
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
  /** Of values; empty for other labels. */
  readonly values: readonly ValueSummary[];
  /** Images without any tag, and masks' pixels that do not count, as shares; 0 for other labels. */
  readonly empty: number;
  /** Groups of images that belong together; absent where there are none. */
  readonly groups?: number;
  /** Of points, boxes and values: what always saying the means of the training part comes to. */
  readonly constant?: ConstantSummary;
}

/** What always the same answer comes to. */
export interface ConstantSummary {
  /** Means of the training part, in the order of `names`. */
  readonly means: readonly number[];
  /** Mean absolute error of saying them of each image, averaged over the names. */
  readonly mae: number;
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
  /** Pairs of images that look alike, though their bytes differ. */
  readonly near: readonly (readonly ImageAt[])[];
  /** Pairs of groups' images in more than one part: numbers of groups that parts share. */
  readonly sharedGroups: number;
  /** Kind of the labels. */
  readonly kind: Labels["kind"];
  /** What the source was taken for. */
  readonly notes: readonly string[];
  readonly wrongFiles: readonly WrongFile[];
}

/**
 * Counts classes, and finds equal images (same size, same bytes) and those that look alike.
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
    parts: present.map(({ part, dataset }) => partReport(part, dataset, splits.train)),
    duplicates: groups.filter((group) => !spans(group)),
    leaks: groups.filter(spans),
    conflicts: groups.filter((group) => new Set(group.map((at) => saidOf(splits, at))).size > 1),
    near: nearImages(present, groups),
    sharedGroups: sharedGroups(present),
    kind: splits.train.labels.kind,
    notes: splits.notes ?? [],
    wrongFiles,
  };
}

/** What two images must have in common for labels that do not differ: words leave out what is rare. */
function saidOf(splits: Splits, { part, index, label }: ImageAt): string {
  const { labels } = splits[part]!;
  if (labels.kind === "class") return label;
  const own = takeLabels(labels, [index]);
  const counts = countsOf(own);
  return (counts.length > 0 ? counts : [...labelData(own)]).join(" ");
}

interface PresentPart {
  readonly part: Part;
  readonly dataset: Dataset;
}

/** The numbers of each image that a net would be asked for; none where it is not asked for numbers. */
function numbersOf(labels: Labels): ArrayLike<number>[] {
  if (labels.kind === "points" || labels.kind === "boxes") return countsPerImage(labels);
  if (labels.kind !== "values") return [];
  const { of, names } = labels;
  return Array.from({ length: of.length / names.length }, (_, at) =>
    of.subarray(at * names.length, (at + 1) * names.length),
  );
}

function constantOf(labels: Labels, train: Labels): ConstantSummary | undefined {
  const means = columnMeans(numbersOf(train));
  return means.length === 0 ? undefined : { means, mae: constantError(numbersOf(labels), means) };
}

function partReport(part: Part, dataset: Dataset, train: Dataset): PartReport {
  const { length: images, channels, labels, groups } = dataset;
  const counts = countsOf(labels);
  const constant = constantOf(labels, train.labels);
  const smallest = counts.reduce(
    (least, count) => Math.min(least, count),
    Number.POSITIVE_INFINITY,
  );
  const most = counts.reduce((largest, count) => Math.max(largest, count), 0);
  const imbalance = counts.length === 0 ? 1 : most / smallest;
  return {
    ...{ part, images, sizes: sizesInWords(dataset.images), channels, counts, imbalance },
    values: labels.kind === "values" ? summariesOf(labels) : [],
    empty: emptyShare(labels, images),
    ...(groups && { groups: new Set(groups).size }),
    ...(constant && { constant }),
  };
}

/** What is known of each value. */
const summariesOf = ({ of, names }: LabelsOf<"values">): ValueSummary[] =>
  names.map((name, column) => {
    let [known, sum] = [0, 0];
    let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = column; at < of.length; at += names.length) {
      if (Number.isNaN(of[at])) continue;
      known++;
      sum += of[at];
      smallest = Math.min(smallest, of[at]);
      largest = Math.max(largest, of[at]);
    }
    return { name, known, smallest, mean: sum / known, largest };
  });

function emptyShare(labels: Labels, images: number): number {
  if (labels.kind === "mask") {
    const { data } = labels.of;
    return data.reduce((sum, v) => sum + Number(v === IGNORED), 0) / data.length;
  }
  if (labels.kind !== "tags") return 0;
  const width = labels.classes.length;
  const tagged = new Set<number>();
  for (const [at, tag] of labels.of.entries()) if (tag === 1) tagged.add(Math.floor(at / width));
  return 1 - tagged.size / images;
}

/** How many groups have images in more than one part. */
function sharedGroups(parts: readonly PresentPart[]): number {
  const sets = parts.flatMap(({ dataset: { groups } }) => (groups ? [new Set(groups)] : []));
  const all = new Set(sets.flatMap((set) => [...set]));
  return [...all].filter((group) => sets.filter((set) => set.has(group)).length > 1).length;
}

/** Where an image is. */
function placeOf({ part, dataset }: PresentPart, index: number): ImageAt {
  const { labels, ids } = dataset;
  return { part, index, label: labelAt(labels, index), ...(ids && { file: ids[index] }) };
}

/** Calls `use` with the bytes of every image of every part. */
function eachImage(
  parts: readonly PresentPart[],
  use: (image: Uint8Array, present: PresentPart, index: number) => void,
): void {
  for (const present of parts) {
    const { images, channels, length } = present.dataset;
    const reader = readerOf(images, channels);
    try {
      for (let index = 0; index < length; index++) use(reader.read(index), present, index);
    } finally {
      reader.close();
    }
  }
}

/** Groups of two or more equal images, in the order of their first one. */
function equalImages(parts: readonly PresentPart[]): ImageAt[][] {
  const groups = new Map<string, ImageAt[]>();
  eachImage(parts, (image, present, index) => {
    const { height, width } = sizeAt(present.dataset.images, index);
    const key = `${height}x${width} ${createHash("sha256").update(image).digest("base64")}`;
    const at = placeOf(present, index);
    const group = groups.get(key);
    if (group) group.push(at);
    else groups.set(key, [at]);
  });
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Pairs of images that look alike, of equal ones only the first. */
function nearImages(
  parts: readonly PresentPart[],
  equal: readonly (readonly ImageAt[])[],
): ImageAt[][] {
  const key = (part: Part, index: number) => `${part} ${index}`;
  const copies = new Set(
    equal.flatMap(([_, ...others]) => others.map((at) => key(at.part, at.index))),
  );
  const places: { readonly present: PresentPart; readonly index: number }[] = [];
  const looks: (Looks | undefined)[] = [];
  eachImage(parts, (image, present, index) => {
    const { part, dataset } = present;
    const shape = { ...sizeAt(dataset.images, index), channels: dataset.channels };
    places.push({ present, index });
    looks.push(copies.has(key(part, index)) ? undefined : looksOf(image, shape));
  });
  return likePairs(looks).map((pair) =>
    pair.map((at) => placeOf(places[at].present, places[at].index)),
  );
}
