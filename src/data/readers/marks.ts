// Images with points or boxes: whatever the format, marks are read with the place of the file that they come from,
// and brought to the size that their image was decoded to.

import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import { suggestion } from "../../text/words.js";
import type { Dataset, Grouping, Splits } from "../dataset.js";
import { imageSize } from "../decode.js";
import { type Size, sizeAt } from "../images.js";
import { BOX, type BoxLabels, POINT, type PointLabels } from "../labels.js";
import { ragged } from "../ragged.js";
import { type ClassList, listNamed } from "./classNames.js";
import { type ImageFiles, readImages, refuseWrong } from "./imageFiles.js";
import type { ReadOptions, WrongFile } from "./reader.js";
import { type Region, regionInPixels } from "./regions.js";
import { mapParts, PARTS, type Parts } from "./roles.js";

/** Kinds of labels that are marks. */
export type MarkKind = "points" | "boxes";

/** A point or a box as a file tells of it. */
export interface Mark {
  /** x and y of a point; left, top, right and bottom of a box; nothing where a region says it all. */
  readonly at: readonly number[];
  readonly name: string;
  /** Whether a box is round a crowd. */
  readonly crowd?: boolean;
  /** Which pixels it means, where that is told and asked for. */
  readonly region?: Region;
  /** Why what is told of its pixels cannot be used, where it cannot. */
  readonly fault?: string;
  /** For messages: `file: line 3`. */
  readonly source: string;
}

/** An image and what is marked in it. */
export interface MarkedImage {
  readonly image: string;
  readonly marks: readonly Mark[];
  /** The size of the image that its marks were made for, where the source tells it. */
  readonly said?: Size & { readonly source: string };
}

/** Marked images of one part, and what belongs together; see {@link Dataset}. */
export interface MarkedFiles extends Partial<Grouping> {
  readonly examples: readonly MarkedImage[];
}

/** What marks are, beside their images. */
export interface MarkFormat {
  readonly kind: MarkKind;
  /** Whether numbers are shares of the image's width and height instead of pixels. */
  readonly shares?: boolean;
  /** Names of the classes where the source lists them. */
  readonly classes?: readonly string[];
}

/** The class of marks that have none. */
export const THING = "object";

/** What is wrong with a mark in an image of a size; `undefined` when it can be used. */
function faultOf({ at }: Mark, { height, width }: Size): string | undefined {
  if (!at.every(Number.isFinite)) return `${at.join(", ")} are no finite numbers`;
  const [left, top, right = left, bottom = top] = at;
  const where = `in an image of ${height}x${width} (height x width)`;
  if (at.length === 2) {
    const inside = left >= 0 && top >= 0 && left <= width && top <= height;
    return inside ? undefined : `a point at ${left}, ${top} (x, y), outside, ${where}`;
  }
  const beside = right <= 0 || bottom <= 0 || left >= width || top >= height;
  if (right >= left && bottom >= top && !beside) return undefined;
  return `a box from ${left}, ${top} to ${right}, ${bottom} (x, y) ${beside ? "lies outside" : "ends before it begins"}, ${where}`;
}

/** What is wrong when an image has another size than its marks were made for. */
export function otherSize(
  { image, said }: MarkedImage,
  { height, width }: Size,
): WrongFile | undefined {
  if (!said || (said.height === height && said.width === width)) return undefined;
  const found = `${image} has ${height}x${width}`;
  return {
    path: said.source,
    reason: `says that the image has ${said.height}x${said.width} (height x width); ${found}`,
  };
}

const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);

/** A mark's numbers within its image, brought to a size. */
const placed = ({ at }: Mark, from: Size, to: Size): number[] =>
  at.map((value, k) =>
    k % 2 === 0
      ? (within(value, from.width) * to.width) / from.width
      : (within(value, from.height) * to.height) / from.height,
  );

/** Marks in shares of an image as marks in its pixels. */
export const inPixels = (marks: readonly Mark[], size: Size): Mark[] =>
  marks.map((mark) => ({
    ...mark,
    at: mark.at.map((value, k) => value * (k % 2 === 0 ? size.width : size.height)),
    ...(mark.region?.kind === "polygons" && { region: regionInPixels(mark.region, size) }),
  }));

export function classOf({ name, source }: Mark, { classes, numberOf }: ClassList): number {
  const number = numberOf(name);
  if (number !== undefined) return number;
  throw new InputError(
    `${source} has class "${name}", which no training image shows${suggestion(name, classes)}`,
  );
}

/** Whether a place is a box of which nothing is left: a slip that occurs in published sets. */
const isFlat = ([left, top, right, bottom]: readonly number[]): boolean =>
  right === left || bottom === top;

/** Entries of the images of a part, where boxes without area were, and how many boxes were cut. */
interface Entries {
  readonly lists: readonly number[][];
  readonly flat: readonly string[];
  readonly cut: number;
}

/** The entries of a part's images at the sizes that they were decoded to; those that cannot be used go to `wrong`. */
async function entriesOf(
  { images, ids = [] }: Dataset,
  { examples }: MarkedFiles,
  { kind, shares }: MarkFormat,
  classList: ClassList,
  wrong: WrongFile[],
): Promise<Entries> {
  const exampleOf = new Map(examples.map((example) => [example.image, example]));
  const lists: number[][] = [];
  const flat: string[] = [];
  let cut = 0;
  for (const [at, image] of ids.entries()) {
    const example = exampleOf.get(image);
    const list: number[] = [];
    lists.push(list);
    if (!example || example.marks.length === 0) continue;
    const from = await imageSize(image);
    const other = otherSize(example, from);
    if (other) {
      wrong.push(other);
      continue;
    }
    for (const mark of shares ? inPixels(example.marks, from) : example.marks) {
      const fault = faultOf(mark, from);
      if (fault !== undefined) {
        wrong.push({ path: mark.source, reason: fault });
        continue;
      }
      const place = placed(mark, from, sizeAt(images, at)).map(Math.fround);
      if (isFlat(place)) {
        flat.push(mark.source);
        continue;
      }
      const [x, y, right, bottom] = mark.at;
      if (right > from.width || bottom > from.height || x < 0 || y < 0) cut++;
      list.push(...place, classOf(mark, classList));
      if (kind === "boxes") list.push(Number(mark.crowd ?? false));
    }
  }
  return { lists, flat, cut };
}

/** Images whose marks are read after them, at the sizes that they were decoded to. */
const imagesOnly = ({ examples, ...grouping }: MarkedFiles): ImageFiles => ({
  paths: examples.map(({ image }) => image),
  labels: { kind: "none" },
  ...grouping,
});

const labelsOf = (
  kind: MarkKind,
  lists: readonly number[][],
  classes: readonly string[],
): PointLabels | BoxLabels => ({ kind, of: ragged(new Float32Array(0), lists), classes });

const markCount = (kind: MarkKind, count: number): string =>
  kind === "points" ? counted(count, "point") : counted(count, "box", "boxes");

/** How many marks of so many images there are. */
const inWords = (kind: MarkKind, lists: readonly number[][]): string => {
  const width = kind === "points" ? POINT : BOX;
  const count = lists.reduce((sum, { length }) => sum + length / width, 0);
  const empty = lists.filter(({ length }) => length === 0).length;
  const without = empty > 0 ? `, ${empty} without any` : "";
  return `${markCount(kind, count)} in ${counted(lists.length, "image")}${without}`;
};

/**
 * Images with their points or boxes. Without names the classes are those of the training part. Boxes are cut to their
 * images; those without area are left out.
 *
 * @param source for messages
 * @throws InputError for a training part without marks, for a class that is not known, and by file and line for marks
 *   outside their image or made for an image of another size; with `options.wrong` these are left out and listed there.
 */
export async function readMarked(
  name: string,
  parts: Parts<MarkedFiles>,
  format: MarkFormat,
  source: string,
  options: ReadOptions,
): Promise<Splits> {
  const splits = await readImages({ name, ...mapParts(parts, imagesOnly) }, options);
  const shown = parts.train.examples.flatMap(({ marks }) => marks.map((mark) => mark.name));
  if (shown.length === 0 && options.known === undefined) {
    throw new InputError(`${source}: there are no ${format.kind} in the images for training`);
  }
  const classes = options.classes ?? format.classes;
  const list = listNamed(shown, { classes, known: options.known }, source);
  const wrong: WrongFile[] = [];
  const notes: string[] = [];
  const labelled: [string, Dataset][] = [];
  for (const part of PARTS) {
    const files = parts[part];
    if (!files) continue;
    const { lists, flat, cut } = await entriesOf(splits[part]!, files, format, list, wrong);
    labelled.push([part, { ...splits[part]!, labels: labelsOf(format.kind, lists, list.classes) }]);
    notes.push(`${source}: ${part}: ${inWords(format.kind, lists)}`);
    if (cut > 0) notes.push(`${part}: ${markCount("boxes", cut)} beyond the image, cut to it`);
    if (flat.length > 0) {
      const boxes = markCount("boxes", flat.length);
      notes.push(`${part}: left out: ${boxes} without area, as that of ${flat[0]}`);
    }
  }
  if (options.wrong) for (const mark of wrong) options.wrong.push(mark);
  else refuseWrong(wrong, `${format.kind} cannot be used; mend or remove them`);
  return { ...splits, ...Object.fromEntries(labelled), notes: [...notes, ...splits.notes!] };
}
