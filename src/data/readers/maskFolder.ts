// A folder of images and one of masks with the same names: `images/` and `masks/`, or both in each part
// (`train/images/`, `train/masks/`, ...). A mask is a PNG file that holds the number of a class for each pixel.

import { readFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import type { Part, Splits } from "../dataset.js";
import { IGNORED } from "../labels.js";
import { imagesIn, listFolder } from "./folders.js";
import { DEFAULT_SIZE, type ImageFiles, readImages, storedSize } from "./imageFiles.js";
import { type PixelNumbers, pngNumbers } from "./pngNumbers.js";
import { numbered, type Reader, requireMemory } from "./reader.js";
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
  const { height, width } = await storedSize(image);
  if (found.height === height && found.width === width) return found;
  throw new InputError(
    `${mask}: ${found.height}x${found.width} pixels; its image ${image} has ${height}x${width}`,
  );
}

/** Cuts and scales a mask as its image is, by the nearest pixel. */
function cover({ height, width, of }: PixelNumbers, side: number, into: Uint8Array): void {
  const scale = Math.min(height, width) / side;
  const [top, left] = [(height - side * scale) / 2, (width - side * scale) / 2];
  for (let y = 0; y < side; y++) {
    const row = Math.min(height - 1, Math.floor(top + (y + 0.5) * scale)) * width;
    for (let x = 0; x < side; x++) {
      into[y * side + x] = of[row + Math.min(width - 1, Math.floor(left + (x + 0.5) * scale))];
    }
  }
}

/** Masks of one size [n, side, side] as they are stored, and the largest number of each. */
async function readMasks(examples: readonly Example[], side: number) {
  const of = new Uint8Array(examples.length * side * side);
  const levels: Set<number>[] = [];
  for (const [at, example] of examples.entries()) {
    const mask = await readMask(example);
    levels.push(new Set(mask.of));
    cover(mask, side, of.subarray(at * side * side, (at + 1) * side * side));
  }
  return { of, levels };
}

type Masks = Awaited<ReturnType<typeof readMasks>>;

/** Masks of 0 and 255 alone show one thing and the rest. */
const isBlackAndWhite = (all: readonly Masks[]) => {
  const seen = new Set(all.flatMap(({ levels }) => levels.flatMap((own) => [...own])));
  return seen.has(255) && [...seen].every((level) => level === 0 || level === 255);
};

/** Refuses a number beyond the classes, naming the file. */
function expectClasses({ levels }: Masks, examples: readonly Example[], count: number): void {
  for (const [at, own] of levels.entries()) {
    const wrong = [...own].find((level) => level >= count && level !== IGNORED);
    if (wrong === undefined) continue;
    throw new InputError(
      `${examples[at].mask}: a pixel has the number ${wrong}; expected a class from 0 to ${count - 1}, or ${IGNORED} ` +
        "where a pixel does not count",
    );
  }
}

/** A folder of images and masks, brought to squares. */
export const maskFolder: Reader = {
  name: "mask folder",
  reads:
    "a folder with images/ and masks/ of the same names (PNG of class numbers), or both in train/, val/, test/",
  matches: async ({ path, entries }) =>
    entries !== undefined && Object.keys(await pairsOf(path)).length > 0,
  async read({ path }, options): Promise<Splits> {
    const pairs = requireTrain(await pairsOf(path), options.known !== undefined, path);
    const side = options.size ?? DEFAULT_SIZE;
    const present = PARTS.filter((part) => pairs[part] !== undefined);
    const examples = await Promise.all(present.map((part) => examplesOf(pairs[part]!)));
    const count = examples.reduce((sum, list) => sum + list.length, 0);
    requireMemory(`${path}: ${count} masks`, count * side * side, options, "choose a smaller size");
    const masks: Masks[] = [];
    for (const list of examples) masks.push(await readMasks(list, side));
    const white = isBlackAndWhite(masks);
    const largest = Math.max(
      0,
      ...masks[0].levels.flatMap((own) => [...own].filter((v) => v !== IGNORED)),
    );
    const classes = options.classes ?? options.known ?? numbered(white ? 2 : largest + 1);
    const parts: Partial<Record<Part, ImageFiles>> = {};
    for (const [at, part] of present.entries()) {
      if (!white) expectClasses(masks[at], examples[at], classes.length);
      const of = white ? masks[at].of.map((value) => value / 255) : masks[at].of;
      parts[part] = {
        paths: examples[at].map(({ image }) => image),
        labels: { kind: "mask", of, classes },
      };
    }
    const notes = white
      ? [`${path}: masks of 0 and 255 are read as the classes ${classes.join(" and ")}`]
      : [];
    const name = options.name ?? basename(resolve(path));
    return readImages({ name, ...parts, train: parts.train!, notes }, options);
  },
};
