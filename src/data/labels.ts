// What is known of each image. A kind of labels is a row of the table below; nothing else knows kinds by name.

import { InputError } from "../inputError.js";
import { listed, namedCounts, namedShares, namedValues } from "../text/named.js";
import { concatenated, joinLists, type Ragged, takeLists } from "./ragged.js";
import { alike, byLength, quantiles, rarestTags } from "./strata.js";
import { joinTokens } from "./tokens.js";

/** A value that says that nothing is known of a tag. */
export const UNKNOWN_TAG = 2;
/** A value that says that a pixel of a mask does not count. */
export const IGNORED = 255;

/** One class per image: [n], 0..classes.length-1. */
export interface ClassLabels {
  readonly kind: "class";
  readonly of: Int32Array;
  readonly classes: readonly string[];
}

/** Any number of tags per image: [n, classes] of 0, 1, or {@link UNKNOWN_TAG}. */
export interface TagLabels {
  readonly kind: "tags";
  readonly of: Uint8Array;
  readonly classes: readonly string[];
  /** Groups of tags, as their numbers, of which each image has exactly one, or nothing of the group is known. */
  readonly oneOf?: readonly (readonly number[])[];
}

/** Numbers of each image: [n, names]; NaN where one is not known. */
export interface ValueLabels {
  readonly kind: "values";
  readonly of: Float32Array;
  readonly names: readonly string[];
}

/** A class of each pixel: of each image [height, width] of 0..classes.length-1, or {@link IGNORED}. */
export interface MaskLabels {
  readonly kind: "mask";
  readonly of: Ragged<Uint8Array>;
  readonly classes: readonly string[];
}

/** Numbers of a point: x, y, class. */
export const POINT = 3;

/** Places of an image, with a class each: [points, {@link POINT}], in pixels as COCO has them: the first one is [0, 1) x [0, 1). */
export interface PointLabels {
  readonly kind: "points";
  readonly of: Ragged<Float32Array>;
  readonly classes: readonly string[];
}

/** Numbers of a box: left, top, right, bottom, class, and 1 where it is round a crowd, else 0. */
export const BOX = 6;

/**
 * Upright boxes of an image, with a class each: [boxes, {@link BOX}], in pixels as {@link PointLabels} has them. Of a
 * crowd (COCO's `iscrowd`, VOC's `difficult`) nothing is learnt, and whatever is found there counts neither way.
 */
export interface BoxLabels {
  readonly kind: "boxes";
  readonly of: Ragged<Float32Array>;
  readonly classes: readonly string[];
}

/** The string that an image shows: numbers of tokens in the vocabulary, in the order of reading. */
export interface TokenLabels {
  readonly kind: "tokens";
  readonly of: Ragged<Int32Array>;
  readonly vocabulary: readonly string[];
}

/** Images of which nothing is known. */
export interface NoLabels {
  readonly kind: "none";
}

export type Labels =
  | ClassLabels
  | TagLabels
  | ValueLabels
  | MaskLabels
  | PointLabels
  | BoxLabels
  | TokenLabels
  | NoLabels;
export type LabelsOf<K extends Labels["kind"]> = Extract<Labels, { kind: K }>;

/** What can be done with labels of a kind. */
export interface LabelKind<L extends Labels> {
  /** In words, for messages. */
  readonly title: string;
  /** Names of the classes, tags or values. */
  names(labels: L): readonly string[];
  /** The labels as they lie in memory. */
  data(labels: L): Int32Array | Uint8Array | Float32Array;
  /** The labels of the images at the given indices, in that order. */
  take(labels: L, indices: ArrayLike<number>): L;
  /** The labels of two data sets with the same names, those of `b` behind those of `a`. */
  join(a: L, b: L): L;
  /** Numbers of image `at` in the data: `[first, end)`. */
  span(labels: L, at: number): readonly [first: number, end: number];
  /** Numbers that an image of `pixels` pixels should have; of a list that may have any length, those of an entry. */
  size(labels: L, pixels: number): number;
  /** Whether an image has any number of entries. */
  readonly list?: true;
  /** What is wrong with a number, the `column`-th of its image or entry, in words; `undefined` when it can be used. */
  fault(labels: L, value: number, column: number): string | undefined;
  /** How often each name occurs; absent where names are not counted. */
  counts?(labels: L): number[];
  /** The label of one image in words: of points and boxes the count of each class, of masks the share. */
  text(labels: L, own: ArrayLike<number>): string;
  /** A group of each image that a split keeps in proportion. */
  strata(labels: L, length: number): Int32Array;
  /** Whether those of two images can become one by shares, as mixup needs; not those of places. */
  readonly mixes?: true;
}

const outside = (value: number, classes: readonly string[]) =>
  Number.isInteger(value) && value >= 0 && value < classes.length
    ? undefined
    : `${value} is no class from 0 to ${classes.length - 1}`;

/** Numbers with the names that they belong to. */
const named = (names: readonly string[], numbers: ArrayLike<number>) =>
  names.map((name, at) => [name, numbers[at]] as const);

/** How often each number from 0 to `count` - 1 occurs. */
function countValues(of: ArrayLike<number>, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (let at = 0; at < of.length; at++) if (of[at] < count) counts[of[at]]++;
  return counts;
}

/** Rows of `width` numbers at the given indices, in that order. */
function takeRows<T extends Int32Array | Uint8Array | Float32Array>(
  data: T,
  width: number,
  indices: ArrayLike<number>,
): T {
  const taken = new (data.constructor as new (length: number) => T)(indices.length * width);
  for (let at = 0; at < indices.length; at++) {
    const from = indices[at] * width;
    if (width === 1) taken[at] = data[from];
    else taken.set(data.subarray(from, from + width), at * width);
  }
  return taken;
}

/** Labels whose numbers lie in one array, as one list. */
const joinFlat = <L extends ClassLabels | TagLabels | ValueLabels>(a: L, b: L): L => ({
  ...a,
  of: concatenated(a.of, b.of),
});

/** Where the numbers of an image lie, of which each has `width`. */
const row = (width: number, at: number) => [at * width, (at + 1) * width] as const;

/** How often each class occurs among entries of `width` numbers, whose class is their `column`-th. */
function countEntries(
  { of: { data }, classes }: PointLabels | BoxLabels,
  width: number,
  column: number,
): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (let at = column; at < data.length; at += width)
    if (data[at] < classes.length) counts[data[at]]++;
  return counts;
}

/** Lists of entries with a class each, the `column`-th of an entry's numbers. */
const entries = <L extends PointLabels | BoxLabels>(
  title: string,
  width: number,
  column: number,
  faultOf: (value: number, column: number) => string | undefined,
): LabelKind<L> => ({
  title,
  names: ({ classes }) => classes,
  data: ({ of }) => of.data,
  take: (labels, indices) => ({ ...labels, of: takeLists(labels.of, indices) }),
  join: (a, b) => ({ ...a, of: joinLists(a.of, b.of) }),
  span: ({ of }, at) => [of.offsets[at], of.offsets[at + 1]],
  size: () => width,
  list: true,
  fault: ({ classes }, value, at) => (at === column ? outside(value, classes) : faultOf(value, at)),
  counts: (labels) => countEntries(labels, width, column),
  text(labels, own) {
    const data = Float32Array.from(own);
    const of = { data, offsets: Float64Array.of(0, data.length) };
    return namedCounts(named(labels.classes, countEntries({ ...labels, of }, width, column)));
  },
  strata: byLength,
});

const finite = (value: number) => (Number.isFinite(value) ? undefined : `${value} is not finite`);
const flagOrFinite = (value: number, column: number) =>
  column < BOX - 1 || value === 0 || value === 1
    ? finite(value)
    : `${value} is not 0 or 1 (a crowd)`;

/** Every kind of labels. */
export const labelKinds: { readonly [K in Labels["kind"]]: LabelKind<LabelsOf<K>> } = {
  class: {
    title: "one class per image",
    names: ({ classes }) => classes,
    data: ({ of }) => of,
    take: (labels, indices) => ({ ...labels, of: takeRows(labels.of, 1, indices) }),
    join: joinFlat,
    span: (_, at) => row(1, at),
    size: () => 1,
    fault: ({ classes }, value) => outside(value, classes),
    counts: ({ of, classes }) => countValues(of, classes.length),
    text: ({ classes }, own) => classes[own[0]],
    strata: ({ of }) => of,
    mixes: true,
  },
  tags: {
    title: "tags",
    names: ({ classes }) => classes,
    data: ({ of }) => of,
    take: (labels, indices) => ({
      ...labels,
      of: takeRows(labels.of, labels.classes.length, indices),
    }),
    join: joinFlat,
    span: ({ classes }, at) => row(classes.length, at),
    size: ({ classes }) => classes.length,
    fault: (_, value) =>
      value === 0 || value === 1 || value === UNKNOWN_TAG
        ? undefined
        : `${value} is not 0 (absent), 1 (present) or ${UNKNOWN_TAG} (not known)`,
    counts({ of, classes }) {
      const counts = new Array<number>(classes.length).fill(0);
      for (let at = 0; at < of.length; at++) if (of[at] === 1) counts[at % classes.length]++;
      return counts;
    },
    text: ({ classes }, own) => listed(classes.filter((_, tag) => own[tag] === 1)) || "no tags",
    strata: rarestTags,
    mixes: true,
  },
  values: {
    title: "numbers",
    names: ({ names }) => names,
    data: ({ of }) => of,
    take: (labels, indices) => ({
      ...labels,
      of: takeRows(labels.of, labels.names.length, indices),
    }),
    join: joinFlat,
    span: ({ names }, at) => row(names.length, at),
    size: ({ names }) => names.length,
    fault: (_, value) =>
      Number.isFinite(value) || Number.isNaN(value) ? undefined : `${value} is not finite`,
    text: ({ names }, own) => namedValues(named(names, own)),
    strata: quantiles,
    mixes: true,
  },
  mask: {
    title: "a mask",
    names: ({ classes }) => classes,
    data: ({ of }) => of.data,
    take: (labels, indices) => ({ ...labels, of: takeLists(labels.of, indices) }),
    join: (a, b) => ({ ...a, of: joinLists(a.of, b.of) }),
    span: ({ of }, at) => [of.offsets[at], of.offsets[at + 1]],
    size: (_, pixels) => pixels,
    fault: ({ classes }, value) => (value === IGNORED ? undefined : outside(value, classes)),
    counts: ({ of, classes }) => countValues(of.data, classes.length),
    text: ({ classes }, own) => namedShares(named(classes, countValues(own, classes.length))),
    strata: (_, length) => alike(length),
  },
  points: entries<PointLabels>("points", POINT, POINT - 1, finite),
  boxes: entries<BoxLabels>("boxes", BOX, BOX - 2, flagOrFinite),
  tokens: {
    title: "a text",
    names: ({ vocabulary }) => vocabulary,
    data: ({ of }) => of.data,
    take: (labels, indices) => ({ ...labels, of: takeLists(labels.of, indices) }),
    join: (a, b) => ({ ...a, of: joinLists(a.of, b.of) }),
    span: ({ of }, at) => [of.offsets[at], of.offsets[at + 1]],
    size: () => 1,
    list: true,
    fault: ({ vocabulary }, value) => outside(value, vocabulary),
    counts: ({ of, vocabulary }) => countValues(of.data, vocabulary.length),
    text: ({ vocabulary }, own) =>
      joinTokens(
        Array.from(own, (token) => vocabulary[token]),
        vocabulary,
      ),
    strata: byLength,
  },
  none: {
    title: "no labels",
    names: () => [],
    data: () => new Uint8Array(0),
    take: (labels) => labels,
    join: (labels) => labels,
    span: () => [0, 0],
    size: () => 0,
    fault: () => undefined,
    text: () => "",
    strata: (_, length) => alike(length),
  },
};

const kindOf = (labels: Labels) => labelKinds[labels.kind] as LabelKind<Labels>;

/**
 * Names of the classes, tags or values, in order.
 *
 * @example
 * namesOf({ kind: "class", of: Int32Array.of(0, 1), classes: ["cat", "dog"] }); // ["cat", "dog"]
 */
export const namesOf = (labels: Labels): readonly string[] => kindOf(labels).names(labels);

/** How often each class or tag occurs, of masks in pixels, of points and boxes in these; empty for other labels. */
export const countsOf = (labels: Labels): number[] => kindOf(labels).counts?.(labels) ?? [];

/**
 * The label of an image in words: its class, tags, values, counts of points or boxes, or shares of a mask, by name.
 *
 * @example
 * labelAt({ kind: "class", of: Int32Array.of(1), classes: ["cat", "dog"] }, 0); // "dog"
 */
export function labelAt(labels: Labels, at: number): string {
  const kind = kindOf(labels);
  return kind.text(labels, kind.data(labels).subarray(...kind.span(labels, at)));
}

/** The labels as they lie in memory. */
export const labelData = (labels: Labels) => kindOf(labels).data(labels);

/** A group of each of `length` images that a split keeps in proportion. */
export const strataOf = (labels: Labels, length: number): Int32Array =>
  kindOf(labels).strata(labels, length);

/**
 * Labels of the images at the given indices, in that order.
 *
 * @example
 * const labels = { kind: "values", of: Float32Array.of(1, 2, 3), names: ["age"] } as const;
 * takeLabels(labels, [2, 0]).of; // Float32Array(2) [ 3, 1 ]
 */
export const takeLabels = <L extends Labels>(labels: L, indices: ArrayLike<number>): L =>
  kindOf(labels).take(labels, indices) as L;

/** The labels of two data sets, of one kind and with the same names, as one list. */
export const joinLabels = <L extends Labels>(a: L, b: L): L => kindOf(a).join(a, b) as L;

/**
 * Checks labels of `length` images.
 *
 * @param pixelsOf the pixels of each image
 * @param source for messages
 * @throws InputError for a wrong number of labels, or naming the first that cannot be used.
 */
export function checkLabels(
  labels: Labels,
  length: number,
  pixelsOf: (at: number) => number,
  source: string,
): void {
  const kind = kindOf(labels);
  const names = kind.names(labels);
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw new InputError(`${source}: two classes are named "${twice}"`);
  const data = kind.data(labels);
  for (let image = 0; image < length; image++) {
    const [first, end] = kind.span(labels, image);
    const size = kind.size(labels, pixelsOf(image));
    const fits = kind.list ? (end - first) % size === 0 && end >= first : end - first === size;
    if (!fits || end > data.length) {
      throw new InputError(
        `${source}: image ${image} has ${Math.min(end, data.length) - first} numbers of ${kind.title}; expected ` +
          `${size}${kind.list ? " each" : ""}`,
      );
    }
    for (let at = first; at < end; at++) {
      const fault = kind.fault(labels, data[at], (at - first) % size);
      if (fault !== undefined) throw new InputError(`${source}: label of image ${image}: ${fault}`);
    }
  }
  const end = length > 0 ? kind.span(labels, length - 1)[1] : 0;
  if (data.length !== end) {
    throw new InputError(
      `${source}: ${data.length} numbers of ${kind.title} for ${length} images; expected ${end}`,
    );
  }
}
