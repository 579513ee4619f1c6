// A folder of images and one of masks with the same names: `images/` and `masks/`, or both in each part
// (`train/images/`, `train/masks/`, ...). A mask is a PNG file that holds the number of a class for each pixel.

import { basename, extname, join, resolve } from "node:path";
import { InputError } from "../../inputError.js";
import type { Part, Splits } from "../dataset.js";
import { imagesIn, listFolder } from "./folders.js";
import { type Example, maskFile, readMasked } from "./masks.js";
import { ofImageFiles, type Reader } from "./reader.js";
import { PARTS, partOf, requireTrain, roleOf } from "./roles.js";

/** The two folders of a part. */
interface Pair {
  readonly images: string;
  readonly masks: string;
}

/** The folders of images and masks in a folder, if it has both. */
async function pairIn(path: string): Promise<Pair | undefined> {
  const { folders } = await listFolder(path);
  const find = (role: "images" | "masks") => folders.find((name) => roleOf(name) === role);
  const [images, masks] = [find("images"), find("masks")];
  return images && masks ? { images: join(path, images), masks: join(path, masks) } : undefined;
}

/** The folders of images and masks of each part, if there are any; a folder without parts is for training. */
async function pairsOf(path: string): Promise<Partial<Record<Part, Pair>>> {
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
  const maskOf = new Map(maps.images.map((path) => [stem(path, masks), maskFile(path)]));
  const examples = found.images.map((image) => ({ image, mask: maskOf.get(stem(image, images)) }));
  const lonely = examples.find(({ mask }) => mask === undefined);
  if (lonely) throw new InputError(`${lonely.image}: there is no mask of this name in ${masks}`);
  const known = new Set(found.images.map((path) => stem(path, images)));
  const left = maps.images.find((path) => !known.has(stem(path, masks)));
  if (left) throw new InputError(`${left}: there is no image of this name in ${images}`);
  return examples as Example[];
}

/** A folder of images and masks. */
export const maskFolder: Reader = {
  name: "mask folder",
  reads:
    "a folder with images/ and masks/ of the same names (PNG of class numbers), or both in train/, val/, test/",
  heeds: [...ofImageFiles, "classes"],
  kinds: ["mask"],
  matches: async ({ path, entries }) =>
    entries !== undefined && Object.keys(await pairsOf(path)).length > 0,
  async read({ path }, options): Promise<Splits> {
    const pairs = requireTrain(await pairsOf(path), options.known !== undefined, path);
    const [train, selection, test] = await Promise.all(
      PARTS.map(async (part) => pairs[part] && { examples: await examplesOf(pairs[part]) }),
    );
    const name = options.name ?? basename(resolve(path));
    return readMasked(name, { train: train!, selection, test }, path, options);
  },
};
