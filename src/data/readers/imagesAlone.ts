// A folder of images of which nothing is known, for whoever learns from images alone.

import { basename, resolve } from "node:path";
import type { Splits } from "../dataset.js";
import { imagesIn } from "./folders.js";
import { readImages } from "./imageFiles.js";
import type { Location, ReadOptions } from "./reader.js";

/**
 * All images below a folder, at any depth.
 *
 * @returns nothing where there are none
 */
export async function readImagesAlone(
  { path, entries }: Location,
  options: ReadOptions,
): Promise<Splits | undefined> {
  const { images } = entries ? await imagesIn(path) : { images: [] };
  if (images.length === 0) return undefined;
  const name = options.name ?? basename(resolve(path));
  return readImages({ name, train: { paths: images, labels: { kind: "none" } } }, options);
}
