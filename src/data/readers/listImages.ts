// Image files that are named one by one, by their folder or by a pattern.

import { stat } from "node:fs/promises";
import { basename, relative, sep } from "node:path";
import { InputError } from "../../inputError.js";
import { matcherOf } from "../../text/glob.js";
import { filesBelow } from "./folders.js";
import { isImage } from "./imageFiles.js";

const MAGIC = /[*?[\]{}]/;

/** Image files whose paths fit a pattern with `*`, `**`, `?`, `[abc]` and `{a,b}`. */
async function matching(pattern: string): Promise<string[]> {
  const parts = pattern.split("/");
  const fixed = parts
    .slice(
      0,
      parts.findIndex((part) => MAGIC.test(part)),
    )
    .join("/");
  const folder = fixed === "" ? (pattern.startsWith("/") ? "/" : ".") : fixed;
  const below = parts.slice(fixed === "" && !pattern.startsWith("/") ? 0 : fixed.split("/").length);
  const fits = matcherOf(below.join("/"));
  const files = await filesBelow(folder).catch(() => []);
  const seen = (file: string) => relative(folder, file).split(sep).join("/");
  return files.filter((file) => isImage(basename(file)) && fits(seen(file)));
}

/**
 * The image files that are meant: files as they are named, folders by the images in them at any depth, patterns by
 * the images that fit, each in plain order. A name that exists is no pattern.
 *
 * @throws InputError for a folder or a pattern without any image.
 */
export async function listImages(named: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of named) {
    const about = await stat(name).catch(() => undefined);
    if (!about?.isDirectory() && (about || !MAGIC.test(name))) {
      found.push(name);
      continue;
    }
    const files = about
      ? (await filesBelow(name)).filter((file) => isImage(basename(file)))
      : await matching(name);
    if (files.length === 0) {
      throw new InputError(
        `${name}: no images ${about ? "in this folder" : "fit this pattern"}; expected files such as *.jpg or *.png`,
      );
    }
    for (const file of files) found.push(file);
  }
  return found;
}
