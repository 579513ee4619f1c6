// A folder of images with a folder for each class: `train/<class>/...`, `val/<class>/...` and
// `test/<class>/...`, of which the last two may be missing, or the classes alone.

import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError } from "../../inputError.js";
import { suggestion } from "../../text/words.js";
import type { Splits } from "../dataset.js";
import { type ImageFiles, isImage, readImages } from "./imageFiles.js";
import { type Reader, requireTwoClasses, type WrongFile } from "./reader.js";

/** Names under which the selection set is found. */
const SELECTION = ["val", "valid", "validation"];
const PARTS = ["train", "test", ...SELECTION];

/** Subfolders in plain order, hidden ones left out; links to folders count. */
async function foldersIn(path: string): Promise<string[]> {
  const names = (await readdir(path)).filter((name) => !name.startsWith(".")).sort();
  const folders = await Promise.all(
    names.map(async (name) => (await stat(join(path, name)).catch(() => undefined))?.isDirectory()),
  );
  return names.filter((_, at) => folders[at]);
}

/** Image files at any depth, in plain order. */
async function imagesIn(path: string): Promise<string[]> {
  const names = await readdir(path, { recursive: true });
  return names
    .filter(isImage)
    .sort()
    .map((name) => join(path, name));
}

/** Files of one part. Empty class folders are added to `wrong`. */
async function listPart(
  path: string,
  classes: readonly string[],
  wrong: WrongFile[],
): Promise<ImageFiles> {
  const paths: string[] = [];
  const of: number[] = [];
  for (const folder of await foldersIn(path)) {
    const label = classes.indexOf(folder);
    if (label < 0) {
      throw new InputError(
        `${join(path, folder)}: no such class in the training data${suggestion(folder, classes)}; ` +
          `it has ${classes.join(", ")}`,
      );
    }
    const images = await imagesIn(join(path, folder));
    if (images.length === 0) {
      wrong.push({ path: join(path, folder), reason: "a class folder without images" });
    }
    paths.push(...images);
    of.push(...images.map(() => label));
  }
  return { paths, labels: { kind: "class", of: Int32Array.from(of), classes } };
}

/** A folder of class folders, decoded to squares. */
export const imageFolder: Reader = {
  name: "image folder",
  reads:
    "a folder with train/<class>/ and perhaps val/<class>/ and test/<class>/, or with <class>/",
  matches: async ({ path, entries }) => entries !== undefined && (await foldersIn(path)).length > 0,
  async read({ path }, options): Promise<Splits> {
    const folders = await foldersIn(path);
    const stray = folders.find((name) => PARTS.includes(name));
    if (stray !== undefined && !folders.includes("train")) {
      throw new InputError(`${path}: found ${stray}, but no folder train beside it`);
    }
    const part = (name: string | undefined) => name !== undefined && join(path, name);
    const train = part(stray && "train") || path;
    const selection = part(SELECTION.find((name) => folders.includes(name)));
    const test = part(folders.find((name) => name === "test"));
    const classes = await foldersIn(train);
    requireTwoClasses(classes, train);
    const wrong: WrongFile[] = [];
    const parts = {
      name: options.name ?? basename(path),
      train: await listPart(train, classes, wrong),
      ...(selection && { selection: await listPart(selection, classes, wrong) }),
      ...(test && { test: await listPart(test, classes, wrong) }),
    };
    return readImages(parts, options, wrong);
  },
};
