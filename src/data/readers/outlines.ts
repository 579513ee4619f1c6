// Masks from outlines: images in which things are marked by polygons or runs of pixels become masks of classes. What lies
// in no outline is of a class of its own, the background, which is the first one.

import { InputError } from "../../inputError.js";
import { counted } from "../../text/format.js";
import type { Splits } from "../dataset.js";
import type { Size } from "../images.js";
import { IGNORED } from "../labels.js";
import { type ClassList, listNamed, sortNames } from "./classNames.js";
import {
  classOf,
  inPixels,
  type Mark,
  type MarkedFiles,
  type MarkedImage,
  type MarkFormat,
  otherSize,
} from "./marks.js";
import { type MaskedFiles, readMasked } from "./masks.js";
import type { PixelNumbers } from "./pngNumbers.js";
import type { ReadOptions, WrongFile } from "./reader.js";
import { boxRegion, eachRun, type Region } from "./regions.js";
import { mapParts, PARTS, type Parts } from "./roles.js";

/** The class of pixels in which nothing is marked. */
export const BACKGROUND = "background";

/** What outlines are, beside their images. */
export type OutlineFormat = Pick<MarkFormat, "shares" | "classes">;

/** A region, how many pixels it has, and the number that they get. */
interface Painted {
  readonly region: Region;
  readonly pixels: number;
  readonly number: number;
}

/** The pixels of a region. @throws Error, in words, for one that is not of such an image. */
function pixelsOf(region: Region, size: Size): number {
  let pixels = 0;
  eachRun(region, size, (_, count) => {
    pixels += count;
  });
  return pixels;
}

/**
 * Numbers of an image's pixels, 0 outside all regions. Of two that overlap the one of fewer pixels lies on top, for it
 * would be hidden otherwise; of two that are as large the later one. Regions that do not count lie under all others.
 */
function paint(all: readonly Painted[], size: Size): Uint8Array {
  const of = new Uint8Array(size.height * size.width);
  const layer = ({ number }: Painted) => Number(number !== IGNORED);
  const layers = [...all].sort((a, b) => layer(a) - layer(b) || b.pixels - a.pixels);
  for (const { region, number } of layers) {
    eachRun(region, size, (first, count, step) => {
      if (step === 1) of.fill(number, first, first + count);
      else for (let k = 0, at = first; k < count; k++, at += step) of[at] = number;
    });
  }
  return of;
}

/** Whether the pixels of a mark have no class: it is a crowd, or a box that does not say which of its pixels it means. */
const isVague = (mark: Mark) => mark.crowd === true || isBox(mark);

/** Whether nothing is told of its pixels. */
const isBox = ({ region, fault }: Mark) => region === undefined && fault === undefined;

/** What to paint of a mark. @throws Error, in words, for an outline that cannot be used. */
function paintedOf(mark: Mark, number: number, size: Size): Painted {
  if (mark.fault !== undefined) throw new Error(mark.fault);
  const region = mark.region ?? boxRegion(mark.at);
  return { region, pixels: pixelsOf(region, size), number: isVague(mark) ? IGNORED : number };
}

/** The mask of an image of a size. Outlines that cannot be used go to `wrong`; in an image of another size no pixel counts. */
function maskOf(
  example: MarkedImage,
  size: Size,
  list: ClassList,
  { shares }: OutlineFormat,
  wrong: WrongFile[],
): PixelNumbers {
  const { height, width } = size;
  const other = otherSize(example, size);
  if (other) {
    wrong.push(other);
    return { height, width, of: new Uint8Array(height * width).fill(IGNORED) };
  }
  const all: Painted[] = [];
  for (const mark of shares ? inPixels(example.marks, size) : example.marks) {
    const number = classOf(mark, list);
    try {
      all.push(paintedOf(mark, number, size));
    } catch (error) {
      wrong.push({ path: mark.source, reason: (error as Error).message });
    }
  }
  return { height, width, of: paint(all, size) };
}

/** The classes of masks: the background before those of what is marked. */
function classesOf(
  shown: readonly string[],
  { classes }: OutlineFormat,
  options: ReadOptions,
  source: string,
): ClassList {
  const names = options.classes ?? classes ?? sortNames(shown);
  const whole = [BACKGROUND, ...names.filter((name) => name !== BACKGROUND)];
  const list = listNamed([BACKGROUND, ...shown], { classes: whole, known: options.known }, source);
  if (list.classes.length > IGNORED) {
    throw new InputError(
      `${source}: ${list.classes.length} classes, the background among them; expected at most ${IGNORED} in masks`,
    );
  }
  return list;
}

/** What to do with outlines that are read as boxes. */
export const MASKS = "--task segment learns masks";

/** What is said of a part. */
function noteOf(part: string, { examples }: MarkedFiles): string[] {
  const boxes = examples.flatMap(({ marks }) => marks.filter(isBox)).length;
  if (boxes === 0) return [];
  const whose = boxes === 1 ? "its" : "their";
  return [
    `${part}: ${counted(boxes, "box", "boxes")} without an outline: ${whose} pixels do not count`,
  ];
}

/**
 * Images with masks that are painted from outlines, an image at a time. Pixels of a crowd, and of a box without an
 * outline, do not count.
 *
 * @param source for messages
 * @throws InputError for a training part without outlines, for a class that is not known, and by file and annotation for
 *   outlines that cannot be painted or are of an image of another size; with `options.wrong` these are left out and listed
 *   there.
 */
export async function readOutlined(
  name: string,
  parts: Parts<MarkedFiles>,
  format: OutlineFormat,
  source: string,
  options: ReadOptions,
): Promise<Splits> {
  const marks = parts.train.examples.flatMap((example) => example.marks);
  if (!marks.some((mark) => !isVague(mark)) && options.known === undefined) {
    const boxes = marks.length > 0 ? "; boxes are learnt by --task detect" : "";
    throw new InputError(`${source}: there are no outlines in the images for training${boxes}`);
  }
  const shown = [...new Set(marks.map((mark) => mark.name))];
  const list = classesOf(shown, format, options, source);
  const background = list.numberOf(BACKGROUND);
  if (background !== 0) {
    throw new InputError(
      `${source}: "${BACKGROUND}" is class ${background} of ${list.classes.join(", ")}; expected the first one`,
    );
  }
  const masked = mapParts(
    parts,
    ({ examples, groups }): MaskedFiles => ({
      examples: examples.map((example) => ({
        image: example.image,
        mask: {
          source: example.image,
          read: (size, _, wrong) => maskOf(example, size, list, format, wrong),
        },
      })),
      ...(groups && { groups }),
    }),
  );
  const splits = await readMasked(name, masked, source, options, list.classes);
  const notes = PARTS.flatMap((part) => (parts[part] ? noteOf(part, parts[part]) : []));
  return { ...splits, notes: [...splits.notes!, ...notes] };
}
