// Images with masks: each a PNG file that holds the number of a class for each pixel, or painted from what another file
// tells of its image.

import { readWhole } from "../../files/read.js";
import { InputError } from "../../inputError.js";
import type { Dataset, Grouping, Splits } from "../dataset.js";
import { imageSize } from "../decode.js";
import { type Size, sizeAt } from "../images.js";
import { IGNORED } from "../labels.js";
import { ragged } from "../ragged.js";
import { type ImageFiles, readImages, refuseWrong } from "./imageFiles.js";
import { type PixelNumbers, pngNumbers, pngSize } from "./pngNumbers.js";
import { mayBeWhite, numbered, type ReadOptions, type WrongFile } from "./reader.js";
import { mapParts, PARTS, type Parts } from "./roles.js";

/** Where the mask of an image comes from. */
export interface MaskSource {
  /** For messages. */
  readonly source: string;
  /**
   * The mask of an image of a size. What it has to be made without is added to `wrong`.
   *
   * @throws InputError for one that cannot be read, or is of another size.
   */
  read(size: Size, image: string, wrong: WrongFile[]): PixelNumbers;
}

/** An image and its mask. */
export interface Example {
  readonly image: string;
  readonly mask: MaskSource;
}

/** Images with masks, and what belongs together; see {@link Dataset}. */
export interface MaskedFiles extends Partial<Grouping> {
  readonly examples: readonly Example[];
}

/** Calls a reader of PNG files, whose faults then name the file. */
function named<T>(mask: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(`${mask}: ${(error as Error).message}`);
  }
}

/** What the colours and numbers of mask files stand for. */
export interface Legend {
  /** Numbers of colours; see {@link pngNumbers}. */
  readonly colours: ReadonlyMap<number, number>;
  /** The class of each number. */
  readonly numbers: readonly number[];
}

/** The classes of numbers; what does not count stays so. */
function classesFor({ height, width, of }: PixelNumbers, { numbers }: Legend): PixelNumbers {
  const wrong = of.find((value) => value >= numbers.length && value !== IGNORED);
  if (wrong === undefined) {
    return { height, width, of: of.map((value) => numbers[value] ?? IGNORED) };
  }
  throw new Error(`a pixel has the number ${wrong}; expected one from 0 to ${numbers.length - 1}`);
}

/** A mask that is a PNG file; one of another size than its image, which may be of any, is not unpacked. */
export const maskFile = (path: string, legend?: Legend): MaskSource => ({
  source: path,
  read({ height, width }, image) {
    const bytes = readWhole(path);
    const said = named(path, () => pngSize(bytes));
    if (said.height !== height || said.width !== width) {
      throw new InputError(
        `${path}: ${said.height}x${said.width} pixels; its image ${image} has ${height}x${width}`,
      );
    }
    return named(path, () =>
      legend ? classesFor(pngNumbers(bytes, legend.colours), legend) : pngNumbers(bytes),
    );
  },
});

/** A mask at another size, by the nearest pixel. */
function scaled({ height, width, of }: PixelNumbers, to: Size): Uint8Array {
  if (to.height === height && to.width === width) return of;
  const made = new Uint8Array(to.height * to.width);
  for (let y = 0; y < to.height; y++) {
    const row = Math.floor(((y + 0.5) * height) / to.height) * width;
    for (let x = 0; x < to.width; x++) {
      made[y * to.width + x] = of[row + Math.floor(((x + 0.5) * width) / to.width)];
    }
  }
  return made;
}

/** Masks of one part at the sizes of its decoded images, and the numbers that each holds. */
interface Masks {
  readonly files: readonly string[];
  readonly of: readonly Uint8Array[];
  readonly levels: readonly (readonly number[])[];
}

/** The masks of images that were read; those of images that could not be used are left out. */
async function readMasks(
  { images, ids = [] }: Dataset,
  examples: readonly Example[],
  wrong: WrongFile[],
): Promise<Masks> {
  const usable = new Set(ids);
  const own = examples.filter(({ image }) => usable.has(image));
  const of: Uint8Array[] = [];
  const levels: number[][] = [];
  for (const [at, { image, mask }] of own.entries()) {
    const numbers = mask.read(await imageSize(image), image, wrong);
    levels.push([...new Set(numbers.of)]);
    of.push(scaled(numbers, sizeAt(images, at)));
  }
  return { files: own.map(({ mask }) => mask.source), of, levels };
}

/** Masks of 0 and 255 alone show one thing and the rest. */
const isBlackAndWhite = (all: readonly Masks[]) => {
  const seen = new Set(all.flatMap(({ levels }) => levels.flat()));
  return seen.has(255) && [...seen].every((level) => level === 0 || level === 255);
};

/** Refuses a number beyond the classes, naming the file. */
function expectClasses({ files, levels }: Masks, count: number): void {
  for (const [at, own] of levels.entries()) {
    const wrong = own.find((level) => level >= count && level !== IGNORED);
    if (wrong === undefined) continue;
    throw new InputError(
      `${files[at]}: a pixel has the number ${wrong}; expected a class from 0 to ${count - 1}, or ${IGNORED} ` +
        "where a pixel does not count",
    );
  }
}

/** The largest number of the masks that is a class; 0 without any. */
const largest = ({ levels }: Masks): number =>
  levels.flat().reduce((most, level) => (level === IGNORED ? most : Math.max(most, level)), 0);

/** Images whose masks are read after them, at the sizes that they were decoded to. */
const imagesOnly = ({ examples, ...grouping }: MaskedFiles): ImageFiles => ({
  paths: examples.map(({ image }) => image),
  labels: { kind: "none" },
  ...grouping,
});

/**
 * Images with their masks. Without names the classes are the numbers up to the largest one of the training masks; masks
 * of 0 and 255 alone are two classes.
 *
 * @param source for messages
 * @param said names of the classes, of masks whose numbers stand for these
 * @throws InputError for a mask that cannot be read, of another size than its image, or with a number that is no class,
 *   and for outlines that cannot be used; with `options.wrong` these are left out and listed there.
 */
export async function readMasked(
  name: string,
  parts: Parts<MaskedFiles>,
  source: string,
  options: ReadOptions,
  said?: readonly string[],
): Promise<Splits> {
  const present = PARTS.filter((part) => parts[part] !== undefined);
  const splits = await readImages({ name, ...mapParts(parts, imagesOnly) }, options);
  const masks: Masks[] = [];
  const wrong: WrongFile[] = [];
  for (const part of present) {
    masks.push(await readMasks(splits[part]!, parts[part]!.examples, wrong));
  }
  if (options.wrong) for (const outline of wrong) options.wrong.push(outline);
  else refuseWrong(wrong, "outlines cannot be used; mend or remove them");
  const names = said ?? options.classes ?? options.known;
  const white = said === undefined && mayBeWhite(names) && isBlackAndWhite(masks);
  const classes = names ?? numbered(white ? 2 : largest(masks[0]) + 1);
  const labelled = present.map((part, at) => {
    if (!white) expectClasses(masks[at], classes.length);
    const { data, offsets } = ragged(new Uint8Array(0), masks[at].of);
    const numbers = white ? data.map((value) => value / 255) : data;
    const labels = { kind: "mask", of: { data: numbers, offsets }, classes } as const;
    return [part, { ...splits[part]!, labels }] as const;
  });
  const notes = white
    ? [`${source}: masks of 0 and 255 are read as the classes ${classes.join(" and ")}`]
    : [];
  return { ...splits, ...Object.fromEntries(labelled), notes: [...notes, ...splits.notes!] };
}
