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
import type { ReadOptions } from "./reader.js";
import { boxRegion, eachRun, type Region } from "./regions.js";
import { mapParts, PARTS, type Parts } from "./roles.js";

/** The class of pixels in which nothing is marked. */
export const BACKGROUND = "background";

/** What outlines are, beside their images. */
export type OutlineFormat = Pick<MarkFormat, "shares" | "classes">;

/** A region, the number that its pixels get, and how messages call it. */
interface Painted {
  readonly region: Region;
  readonly number: number;
  readonly source: string;
}

/** Calls `use` with the runs of pixels of a region; faults name where it stands. */
function eachRunOf({ region, source }: Painted, size: Size, use: Parameters<typeof eachRun>[2]) {
  try {
    eachRun(region, size, use);
  } catch (error) {
    throw new InputError(`${source}: ${(error as Error).message}`);
  }
}

function pixelsOf(painted: Painted, size: Size): number {
  let pixels = 0;
  eachRunOf(painted, size, (_, count) => {
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
  const sized = all.map((painted) => ({ painted, pixels: pixelsOf(painted, size) }));
  const layer = ({ number }: Painted) => Number(number !== IGNORED);
  sized.sort((a, b) => layer(a.painted) - layer(b.painted) || b.pixels - a.pixels);
  for (const { painted } of sized) {
    eachRunOf(painted, size, (first, count, step) => {
      if (step === 1) of.fill(painted.number, first, first + count);
      else for (let k = 0, at = first; k < count; k++, at += step) of[at] = painted.number;
    });
  }
  return of;
}

/** Whether the pixels of a mark have no class: it is a crowd, or a box that does not say which of its pixels it means. */
const isVague = ({ crowd, region }: Mark) => crowd === true || region === undefined;

const paintedOf = (mark: Mark, list: ClassList): Painted => {
  const number = classOf(mark, list);
  return {
    region: mark.region ?? boxRegion(mark.at),
    number: isVague(mark) ? IGNORED : number,
    source: mark.source,
  };
};

/** The mask of an image of a size. */
function maskOf(
  example: MarkedImage,
  size: Size,
  list: ClassList,
  { shares }: OutlineFormat,
): PixelNumbers {
  const other = otherSize(example, size);
  if (other) throw new InputError(`${other.path}: ${other.reason}`);
  const marks = shares ? inPixels(example.marks, size) : example.marks;
  const { height, width } = size;
  return {
    height,
    width,
    of: paint(
      marks.map((mark) => paintedOf(mark, list)),
      size,
    ),
  };
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
  const boxes = examples.flatMap(({ marks }) => marks.filter(({ region }) => !region)).length;
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
 * @throws InputError for a training part without outlines, for a class that is not known, and for an outline that cannot
 *   be painted or is of an image of another size.
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
        mask: { source: example.image, read: (size) => maskOf(example, size, list, format) },
      })),
      ...(groups && { groups }),
    }),
  );
  const splits = await readMasked(name, masked, source, options, list.classes);
  const notes = PARTS.flatMap((part) => (parts[part] ? noteOf(part, parts[part]) : []));
  return { ...splits, notes: [...splits.notes!, ...notes] };
}
