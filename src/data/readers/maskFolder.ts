// A folder of images and one of masks with the same names: `images/` and `masks/`, or both in each part
// (`train/images/`, `train/masks/`, ...). A mask is a PNG file that holds the number of a class for each pixel.

import { readFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import type { Dataset, Part, Splits } from "../dataset.js";
import { imageSize } from "../decode.js";
import { type Size, sizeAt } from "../images.js";
import { IGNORED } from "../labels.js";
import { ragged } from "../ragged.js";
import { imagesIn, listFolder } from "./folders.js";
import { type ImageFiles, readImages } from "./imageFiles.js";
import { type PixelNumbers, pngNumbers } from "./pngNumbers.js";
import { numbered, ofImageFiles, type Reader } from "./reader.js";
import { PARTS, partOf, requireTrain, roleOf } from "./roles.js";

/** The two folders of a part. */
interface Pair {
  readonly images: string;
  readonly masks: string;
}

/** An image and its mask. */
interface Example {
  readonly image: string;
  readonly mask: string;
}

/** The folders of images and masks in a folder, if it has both. */
async function pairIn(path: string): Promise<Pair | undefined> {
  const { folders } = await listFolder(path);
  const find = (role: "images" | "masks") => folders.find((name) => roleOf(name) === role);
  const [images, masks] = [find("images"), find("masks")];
  return images && masks ? { images: join(path, images), masks: join(path, masks) } : undefined;
}

/** The folders of images and masks of each part, if there are any; a folder without parts is for training. */
export async function pairsOf(path: string): Promise<Partial<Record<Part, Pair>>> {
  const whole = await pairIn(path);
  if (whole) return { train: whole };
  const pairs: Partial<Record<Part, Pair>> = {};
  for (const name of (await listFolder(path)).folders) {
    const part = partOf(name);
    const pair = part && (await pairIn(join(path, name)));
    if (pair) pairs[part] = pair;
  }
  return pairs;
}

const stem = (path: string, folder: string) => path.slice(folder.length + 1, -extname(path).length);

/** Images with their masks by name; refuses one without the other. */
async function examplesOf({ images, masks }: Pair): Promise<Example[]> {
  const [found, maps] = [await imagesIn(images), await imagesIn(masks)];
  const maskOf = new Map(maps.images.map((path) => [stem(path, masks), path]));
  const examples = found.images.map((image) => ({ image, mask: maskOf.get(stem(image, images)) }));
  const lonely = examples.find(({ mask }) => mask === undefined);
  if (lonely) throw new InputError(`${lonely.image}: there is no mask of this name in ${masks}`);
  const known = new Set(found.images.map((path) => stem(path, images)));
  const left = maps.images.find((path) => !known.has(stem(path, masks)));
  if (left) throw new InputError(`${left}: there is no image of this name in ${images}`);
  return examples as Example[];
}

async function readMask({ image, mask }: Example): Promise<PixelNumbers> {
  let found: PixelNumbers;
  try {
    found = pngNumbers(await readFile(mask));
  } catch (error) {
    throw new InputError(`${mask}: ${(error as Error).message}`);
  }
  const { height, width } = await imageSize(image);
  if (found.height === height && found.width === width) return found;
  throw new InputError(
    `${mask}: ${found.height}x${found.width} pixels; its image ${image} has ${height}x${width}`,
  );
}

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

async function readMasks({ images, ids = [] }: Dataset, maskOf: ReadonlyMap<string, string>) {
  const files = ids.map((id) => maskOf.get(id)!);
  const of: Uint8Array[] = [];
  const levels: number[][] = [];
  for (const [at, image] of ids.entries()) {
    const mask = await readMask({ image, mask: files[at] });
    levels.push([...new Set(mask.of)]);
    of.push(scaled(mask, sizeAt(images, at)));
  }
  return { files, of, levels };
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
function imagesOnly(examples: readonly Example[]): ImageFiles {
  return { paths: examples.map(({ image }) => image), labels: { kind: "none" } };
}

/** A folder of images and masks. */
export const maskFolder: Reader = {
  name: "mask folder",
  reads:
    "a folder with images/ and masks/ of the same names (PNG of class numbers), or both in train/, val/, test/",
  heeds: [...ofImageFiles, "classes"],
  matches: async ({ path, entries }) =>
    entries !== undefined && Object.keys(await pairsOf(path)).length > 0,
  async read({ path }, options): Promise<Splits> {
    const pairs = requireTrain(await pairsOf(path), options.known !== undefined, path);
    const present = PARTS.filter((part) => pairs[part] !== undefined);
    const examples = await Promise.all(present.map((part) => examplesOf(pairs[part]!)));
    const files = Object.fromEntries(present.map((part, at) => [part, imagesOnly(examples[at])]));
    const name = options.name ?? basename(resolve(path));
    const splits = await readImages({ name, ...files, train: files.train }, options);
    const maskOf = new Map(examples.flat().map(({ image, mask }) => [image, mask]));
    const masks: Masks[] = [];
    for (const part of present) masks.push(await readMasks(splits[part]!, maskOf));
    const white = isBlackAndWhite(masks);
    const classes = options.classes ?? options.known ?? numbered(white ? 2 : largest(masks[0]) + 1);
    const labelled = present.map((part, at) => {
      if (!white) expectClasses(masks[at], classes.length);
      const { data, offsets } = ragged(new Uint8Array(0), masks[at].of);
      const numbers = white ? data.map((value) => value / 255) : data;
      const labels = { kind: "mask", of: { data: numbers, offsets }, classes } as const;
      return [part, { ...splits[part]!, labels }] as const;
    });
    const notes = white
      ? [`${path}: masks of 0 and 255 are read as the classes ${classes.join(" and ")}`]
      : [];
    return { ...splits, ...Object.fromEntries(labelled), notes };
  },
};
